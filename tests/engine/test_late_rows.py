"""One row that comes late, again or corrected: which tickets are built anew, and that all is as built whole.

Most of them come one after the other to one site; what they leave behind is compared with a full build once.

Belongs here: single changes on a standing site. Does not belong here: whole sites in slices
(`test_incremental_equals_full`).
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest
import yaml

from tests.dbt_project import build
from tests.engine.conftest import PATH, SOURCE, Standing
from tests.engine.deliveries import Deliveries, differences
from tests.reference import random_sites
from tests.reference.random_reference import TextRow

LATER = "2030-01-01T00:00:00Z"


@pytest.fixture
def as_of(standing: Standing) -> datetime:
    return datetime.fromisoformat(standing.site.config["as_of"])


def ticket(grown: Deliveries, condition: str) -> dict[str, Any]:
    """The first ticket of the standing site for which a condition on `fct_tickets` holds."""
    query = f"select * from marts.fct_tickets where {condition} order by ticket_id limit 1"
    (found,) = build.rows(grown.data_dir, query)
    return found


def delivered(standing: Standing, entity: str, **values: str) -> TextRow:
    """A row of the standing site's deliveries with these values, the newest version of its key."""
    rows = standing.site.folders[PATH][entity]
    found = [row for row in rows if all(row.get(name) == value for name, value in values.items())]
    return max(found, key=lambda row: row.get("updated_at", ""))


@pytest.fixture(scope="module")
def growing(standing: Standing, tmp_path_factory: pytest.TempPathFactory) -> Deliveries:
    """A copy of the standing site that these tests deliver to, one after the other."""
    return standing.deliveries.copy(tmp_path_factory.mktemp("growing") / "grown")


def settle(growing: Deliveries, expected: set[str]) -> None:
    """Load and build; exactly the expected tickets are computed."""
    growing.load()
    scope = growing.build()
    assert not scope.is_full
    assert scope.tickets == {(SOURCE, ticket_id) for ticket_id in expected}


def equals_full(grown: Deliveries) -> None:
    whole = grown.copy(grown.folder.parent / f"whole_{grown.count}")
    assert whole.build(full_refresh=True).is_full
    assert differences(grown.data_dir, whole.data_dir) == {}


def test_sent_again_in_another_order(standing: Standing, grown: Deliveries) -> None:
    before = standing.deliveries.data_dir
    for entity in ("tickets", "ticket_events"):
        rows = list(standing.site.folders[PATH][entity])
        Random(1).shuffle(rows)
        grown.send(PATH, entity, rows)
    grown.load()
    scope = grown.build()
    assert not scope.is_full and not scope.tickets
    assert differences(before, grown.data_dir) == {}


def test_late_event(standing: Standing, growing: Deliveries, as_of: datetime) -> None:
    chosen = ticket(growing, "agent_reply_count = 0 and not is_excluded and first_solved_at is null")
    late = {
        "event_id": "late", "ticket_id": chosen["ticket_id"], "event_type": "message",
        "occurred_at": (as_of - timedelta(minutes=1)).isoformat(), "actor_role": "agent",
        "is_public": "true", "recorded_at": LATER,
    }  # fmt: skip
    growing.send(PATH, "ticket_events", [late])
    settle(growing, {chosen["ticket_id"]})
    assert ticket(growing, f"ticket_id = '{chosen['ticket_id']}'")["agent_reply_count"] == 1


def test_corrected_event(standing: Standing, growing: Deliveries) -> None:
    chosen = ticket(growing, "agent_reply_count > 1 and not is_excluded")
    query = f"select event_id from marts.fct_replies where ticket_key = '{chosen['ticket_key']}' order by 1"
    reply = build.rows(growing.data_dir, query)[0]["event_id"]
    before = delivered(standing, "ticket_events", event_id=reply)
    corrected = before | {"is_public": "false", "recorded_at": LATER}
    growing.send(PATH, "ticket_events", [corrected])
    settle(growing, {chosen["ticket_id"]})
    after = ticket(growing, f"ticket_id = '{chosen['ticket_id']}'")
    assert after["agent_reply_count"] == chosen["agent_reply_count"] - 1


def test_event_that_belongs_to_another_ticket(standing: Standing, growing: Deliveries) -> None:
    chosen = ticket(growing, "agent_reply_count > 1 and not is_excluded")
    query = f"select event_id, replied_at from marts.fct_replies where ticket_key = '{chosen['ticket_key']}'"
    reply = max(build.rows(growing.data_dir, query), key=lambda row: row["replied_at"])
    other = ticket(
        growing,
        f"ticket_id <> '{chosen['ticket_id']}' and not is_excluded and created_at < '{reply['replied_at']}'",
    )
    before = delivered(standing, "ticket_events", event_id=reply["event_id"])
    moved = before | {"ticket_id": other["ticket_id"], "recorded_at": LATER}
    growing.send(PATH, "ticket_events", [moved])
    settle(growing, {chosen["ticket_id"], other["ticket_id"]})
    for found, change in ((chosen, -1), (other, 1)):
        after = ticket(growing, f"ticket_id = '{found['ticket_id']}'")
        assert after["agent_reply_count"] == found["agent_reply_count"] + change


def test_another_ticket_is_followed_up(standing: Standing, growing: Deliveries) -> None:
    chosen = ticket(growing, "not has_follow_up and is_first_contact_resolution")
    other = ticket(growing, f"ticket_id <> '{chosen['ticket_id']}' and follow_up_of is null")
    row = delivered(standing, "tickets", ticket_id=other["ticket_id"])
    follows = row | {"follow_up_of": chosen["ticket_id"], "updated_at": LATER}
    growing.send(PATH, "tickets", [follows])
    settle(growing, {chosen["ticket_id"], other["ticket_id"]})
    assert not ticket(growing, f"ticket_id = '{chosen['ticket_id']}'")["is_first_contact_resolution"]

    # and back again: what no longer points to it must be noticed, too
    growing.send(PATH, "tickets", [row | {"follow_up_of": "", "updated_at": LATER.replace("2030", "2031")}])
    settle(growing, {chosen["ticket_id"], other["ticket_id"]})
    assert ticket(growing, f"ticket_id = '{chosen['ticket_id']}'")["is_first_contact_resolution"]


def test_late_merge(standing: Standing, growing: Deliveries, as_of: datetime) -> None:
    target = ticket(growing, "earliest_merged_created_at is null and not is_excluded")
    merged = ticket(
        growing, f"not is_excluded and merged_into is null and ticket_id <> '{target['ticket_id']}'"
    )
    merge = {
        "event_id": "late merge", "ticket_id": merged["ticket_id"], "event_type": "merge",
        "occurred_at": (as_of - timedelta(hours=1)).isoformat(), "actor_role": "agent",
        "reference": target["ticket_id"], "recorded_at": LATER,
    }  # fmt: skip
    growing.send(PATH, "ticket_events", [merge])
    earlier = ticket(growing, f"ticket_id = '{merged['ticket_id']}'")["earliest_merged_created_at"]
    settle(growing, {target["ticket_id"], merged["ticket_id"]})
    after = ticket(growing, f"ticket_id = '{target['ticket_id']}'")
    assert after["earliest_merged_created_at"] == min(merged["created_at"], earlier or merged["created_at"])


def test_codes_that_a_source_declares(standing: Standing, growing: Deliveries, as_of: datetime) -> None:
    described = growing.folder / "site.yml"
    config = yaml.safe_load(described.read_text())
    config["sources"][0]["codes"] = {"actor_role": ["vendor"], "event_type": ["call"]}
    described.write_text(yaml.safe_dump(config))
    chosen = ticket(growing, "not is_excluded")
    event = {
        "ticket_id": chosen["ticket_id"], "occurred_at": (as_of - timedelta(minutes=1)).isoformat(),
        "recorded_at": LATER,
    }  # fmt: skip
    message = {"event_id": "m", "event_type": "message", "actor_role": "vendor", "is_public": "true"}
    growing.send(PATH, "ticket_events", [event | message, event | {"event_id": "c", "event_type": "call"}])
    settle(growing, {chosen["ticket_id"]})
    after = ticket(growing, f"ticket_id = '{chosen['ticket_id']}'")
    assert after["agent_reply_count"] == chosen["agent_reply_count"]


def replace_reference(grown: Deliveries, entity: str, change: Callable[[TextRow], TextRow]) -> None:
    """Deliver a reference table again, each row as `change` gives it, and load it."""
    (file,) = grown.folder.rglob(f"{entity}.csv")
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    changed = [change(row) for row in rows]
    assert changed != rows
    random_sites._write_csv(file, changed)
    grown.load()


def named_in(grown: Deliveries, column: str, holder: str) -> set[str]:
    """Tickets whose snapshot or any event names an agent (`assignee_id`) or a group (`group_id`)."""
    named = f"""
        select ticket_id from marts.fct_tickets where ticket_id in (
            select ticket_id from raw.canonical__tickets where {column} = '{holder}'
            union all
            select ticket_id from raw.canonical__ticket_events
            where (field = '{column}' and '{holder}' in (old_value, new_value))
                or ('{column}' = 'assignee_id' and event_type = 'message' and actor_id = '{holder}')
        )
    """
    return {row["ticket_id"] for row in build.rows(grown.data_dir, named)}


def least_held(grown: Deliveries, column: str) -> str:
    """The agent or group of the roster with the fewest tickets at as_of."""
    query = f"""
        select {column} as holder from marts.fct_tickets
        where {column} in (select holder_id from intermediate.int_roster)
        group by 1 order by count(*), 1 limit 1
    """
    return str(build.rows(grown.data_dir, query)[0]["holder"])


def test_an_agent_of_another_vendor(growing: Deliveries) -> None:
    agent = least_held(growing, "assignee_id")
    replace_reference(
        growing, "agents", lambda row: row | {"vendor": "V9"} if row["agent_id"] == agent else row
    )
    settle(growing, named_in(growing, "assignee_id", agent))
    held = f"select distinct vendor from marts.fct_ticket_segments where assignee_id = '{agent}'"
    assert build.rows(growing.data_dir, held) == [{"vendor": "V9"}]


def test_a_group_of_another_vendor(growing: Deliveries) -> None:
    group = least_held(growing, "group_id")
    replace_reference(
        growing, "groups", lambda row: row | {"vendor": "V9"} if row["group_id"] == group else row
    )
    settle(growing, named_in(growing, "group_id", group))
    held = f"group_id = '{group}' and assignee_id is null"
    vendors = f"select distinct vendor from marts.fct_ticket_segments where {held}"
    assert build.rows(growing.data_dir, vendors) == [{"vendor": "V9"}]


def test_names_on_the_roster_concern_no_ticket(growing: Deliveries) -> None:
    replace_reference(growing, "agents", lambda row: row | {"name": f"{row['name']}, renamed"})
    settle(growing, set())


def test_all_of_it_is_as_built_whole(growing: Deliveries) -> None:
    assert growing.count, "nothing was delivered"
    equals_full(growing)


def test_a_changed_schedule_builds_everything(grown: Deliveries) -> None:
    replace_reference(
        grown, "schedules", lambda row: row | {"closes_at": "23:45"} if row["closes_at"] else row
    )
    assert grown.build().is_full
    # and nothing is left to do after it
    scope = grown.build()
    assert not scope.is_full and not scope.tickets


def test_a_roster_that_changed_for_most_builds_everything(grown: Deliveries) -> None:
    replace_reference(grown, "agents", lambda row: row | {"vendor": "V9"})
    assert grown.build().is_full


def test_a_build_that_broke_off_on_another_roster_builds_everything(grown: Deliveries) -> None:
    # Some marts may show that roster, and nothing tells which.
    with duckdb.connect(str(grown.data_dir / "warehouse.duckdb")) as connection:
        connection.execute(
            "update intermediate.int_build_scope set build_id = 'broken off', roster_hash = ''"
        )
    assert grown.build().is_full


def test_a_full_build_that_broke_off_is_made_again(grown: Deliveries) -> None:
    # Begun with the inputs of the marts as they stand: nothing but its id tells it from the one before.
    with duckdb.connect(str(grown.data_dir / "warehouse.duckdb")) as connection:
        connection.execute("update intermediate.int_build_scope set is_full = true, build_id = 'broken off'")
    assert grown.build().is_full


def test_as_of_that_goes_back_builds_everything(grown: Deliveries, as_of: datetime, tmp_path: Path) -> None:
    earlier = as_of - timedelta(days=3, minutes=7)
    assert grown.build(earlier).is_full
    fresh = Deliveries(grown.folder, tmp_path / "fresh")
    fresh.load()
    fresh.build(earlier)
    assert differences(grown.data_dir, fresh.data_dir) == {}
