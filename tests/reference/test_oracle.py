"""Invariants of the reference over random sites, and hand-worked cases of the readings its README lists."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .backlog import closing_counts
from .instants import HOUR, parse_instant
from .merges import earliest_merged
from .oracle import Marts, Oracle, work_out, work_out_folder
from .random_sites import generate, slices, write
from .site_files import read_site


@pytest.fixture(scope="module", params=range(20, 28))
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(generate(Random(request.param), 60), tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def marts(folder: Path) -> Marts:
    return work_out_folder(folder)[1]


def test_the_same_seed_gives_the_same_site(tmp_path: Path) -> None:
    first, second = (write(generate(Random(5), 30), tmp_path / name) for name in ("a", "b"))
    files = sorted(p.relative_to(first) for p in first.rglob("*") if p.is_file())
    assert len(files) > 3
    assert all((first / f).read_bytes() == (second / f).read_bytes() for f in files)


def test_holders_add_up_to_age_or_time_to_the_last_solve(marts: Marts) -> None:
    parts = ("t1", "t2", "queue", "requester_held", "solved_gap")
    for key, row in marts["fct_tickets"].items():
        whole = row["age_seconds_calendar"]
        if whole is None:
            whole = row["full_resolution_seconds_calendar"]
        assert sum(row[f"{p}_seconds_calendar"] for p in parts) == pytest.approx(whole, abs=1e-5), key


def test_segments_follow_each_other_without_gap_or_repetition(marts: Marts) -> None:
    by_ticket: dict[tuple, list] = {}
    for key, row in sorted(marts["fct_ticket_segments"].items()):
        by_ticket.setdefault(key[:2], []).append(row)
    assert by_ticket.keys() == marts["fct_tickets"].keys()
    for key, rows in by_ticket.items():
        assert rows[0]["valid_from"] == marts["fct_tickets"][key]["created_at"]
        assert [r["segment_no"] for r in rows] == list(range(1, len(rows) + 1))
        assert rows[-1]["valid_to"] is None
        for row, following in pairwise(rows):
            assert row["valid_from"] < row["valid_to"] == following["valid_from"]


def test_sla_rows_are_consistent(marts: Marts) -> None:
    assert marts["fct_ticket_sla"]
    for key, row in marts["fct_ticket_sla"].items():
        assert row["is_breached"] == (row["status"] == "breached") == (row["breached_at"] is not None), key
        assert row["activated_at"] <= row["applied_at"], key
        if row["elapsed_seconds"] is not None:
            assert row["is_breached"] == (row["elapsed_seconds"] > row["target_seconds"]), key
        if row["version_no"] > 1:
            before = marts["fct_ticket_sla"][*key[:4], row["version_no"] - 1]
            assert before["end_reason"] == "superseded" and not before["is_final"], key
            assert before["ended_at"] <= row["applied_at"], key
        if row["due_at"] is not None and not row["is_breached"]:
            assert row["ended_at"] is None and row["status"] == "active", key


def test_random_sites_reach_the_rare_states(tmp_path: Path) -> None:
    found: set[tuple] = set()
    on_target = 0
    for seed in range(6):
        rows = work_out(read_site(write(generate(Random(seed), 150), tmp_path / str(seed))))["fct_ticket_sla"]
        found |= {(r["status"], r["end_reason"]) for r in rows.values()}
        on_target += sum(r["elapsed_seconds"] == r["target_seconds"] for r in rows.values())
    ended = {(s, r) for r in ("superseded", "merged", "deleted") for s in ("breached", "cancelled")}
    ended |= {(s, r) for r in ("fulfilled", "solved") for s in ("breached", "cancelled", "met")}
    assert found >= ended | {("active", None), ("paused", None), ("breached", None)}
    assert on_target > 5


def test_several_processes_give_the_same_rows(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.reference.oracle.CHUNK", 20)
    site = read_site(folder)
    assert work_out(site, processes=2) == work_out(site)


def test_closing_backlog_of_the_last_day_is_what_is_open_at_as_of(folder: Path, marts: Marts) -> None:
    counts = closing_counts(Oracle(read_site(folder)))
    unsolved = [
        r
        for r in marts["fct_tickets"].values()
        if not r["is_excluded"] and r["status_category"] not in ("solved", "closed")
    ]
    assert sum(counts[max(counts)].values()) == len(unsolved)


def test_slices_together_are_the_site(tmp_path: Path) -> None:
    rng = Random(9)
    site = generate(rng, 40, sources=3)
    whole = work_out_folder(write(site, tmp_path / "whole"))[1]
    together = tmp_path / "together"
    write(site, together)
    for path in site.folders:
        for fact in (together / path).glob("ticket*.csv"):
            fact.unlink()
    for number, part in enumerate(slices(rng, site, 4)):
        written = write(part, tmp_path / f"slice{number}")
        for path in site.folders:
            for fact in (written / path).glob("ticket*.csv"):
                fact.rename(together / path / f"{fact.stem}_slice{number}.csv")
    assert work_out_folder(together)[1] == whole


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 12))
def test_any_seed_and_size_can_be_worked_out(seed: int, tickets: int) -> None:
    with TemporaryDirectory() as place:
        marts = work_out_folder(write(generate(Random(seed), tickets), Path(place)))[1]
    assert all(key[:2] in marts["fct_tickets"] for mart in marts.values() for key in mart)


def test_merges_are_followed_through_chains_and_cycles() -> None:
    created = {"a": 5, "b": 4, "c": 3, "d": 1, "e": 2}
    merged_into = {"a": "b", "b": "c", "c": None, "d": "e", "e": "d"}
    found = earliest_merged(created, merged_into)
    assert found == {"a": None, "b": 5, "c": 4, "d": 2, "e": 1}


SITE = (
    'site: hand\ntimezone: UTC\nas_of: "2026-01-06T00:00:00Z"\nsources: [{name: x, connector: c, path: .}]\n'
)
TEN = parse_instant("2026-01-05T10:00:00Z", None)


def rows_of(
    tmp_path: Path, events: str, ticket: str = "t,2026-01-05T10:00:00Z,2026-01-05T12:00:00Z,email,new,"
) -> Marts:
    (tmp_path / "site.yml").write_text(SITE)
    header = "ticket_id,created_at,updated_at,channel,status,is_deleted\n"
    (tmp_path / "tickets.csv").write_text(header + ticket + "\n")
    header = "event_id,ticket_id,occurred_at,sequence_no,event_type,field,new_value,actor_role,is_public\n"
    lines = [f"e{i},t,2026-01-05T{line}" for i, line in enumerate(events.split())]
    (tmp_path / "ticket_events.csv").write_text(header + "\n".join(lines) + "\n")
    metrics = ("first_reply", "next_reply", "periodic_update", "total_resolution")
    (tmp_path / "sla_policies.csv").write_text("policy_id,name,position\np,p,1\n")
    targets = "".join(f"p,{m},60,calendar\n" for m in metrics)
    (tmp_path / "sla_targets.csv").write_text("policy_id,metric,target_minutes,hours\n" + targets)
    return work_out_folder(tmp_path)[1]


def instances(marts: Marts, metric: str) -> list[tuple]:
    """(start, end, why, status) of a metric's rows, in hours after ten o'clock."""
    return [
        (
            (r["activated_at"] - TEN) / HOUR,
            None if r["ended_at"] is None else (r["ended_at"] - TEN) / HOUR,
            r["end_reason"],
            r["status"],
        )
        for key, r in sorted(marts["fct_ticket_sla"].items())
        if key[2] == metric
    ]


def test_two_replies_in_one_instant_start_two_updates(tmp_path: Path) -> None:
    marts = rows_of(tmp_path, "11:00Z,1,message,,,agent, 11:00Z,2,message,,,agent, 11:30Z,0,message,,,agent,")
    assert instances(marts, "periodic_update") == [
        (1, 1, "fulfilled", "met"),
        (1, 1.5, "fulfilled", "met"),
        (1.5, None, None, "breached"),
    ]


def test_a_solve_and_reopen_after_a_reply_in_its_instant_end_the_update(tmp_path: Path) -> None:
    events = (
        "11:00Z,1,message,,,agent, 11:00Z,2,field_change,status,solved,, 11:00Z,3,field_change,status,open,,"
    )
    marts = rows_of(tmp_path, events)
    assert instances(marts, "periodic_update") == [(1, 1, "solved", "met")]
    assert instances(marts, "total_resolution") == [(0, 1, "solved", "met"), (1, None, None, "breached")]


def test_a_merge_at_creation_ends_what_creation_started(tmp_path: Path) -> None:
    marts = rows_of(tmp_path, "10:00Z,0,message,,,agent, 10:00Z,5,merge,,,,")
    assert instances(marts, "first_reply") == [(0, 0, "merged", "cancelled")]


def test_a_reply_while_the_first_clock_waits_lets_the_next_reply_start(tmp_path: Path) -> None:
    events = (
        "10:00Z,0,field_change,status,solved,, 10:30Z,0,message,,,agent, 11:00Z,0,message,,,requester, "
        "12:00Z,0,field_change,status,open,,"
    )
    ticket = "t,2026-01-05T10:00:00Z,2026-01-05T12:00:00Z,email,open,"
    marts = rows_of(tmp_path, events, ticket)
    # The status before its first change is `new`: the first clock runs from creation and ends with the solve.
    assert instances(marts, "first_reply") == [(0, 0, "solved", "met")]
    assert instances(marts, "next_reply") == [(2, None, None, "breached")]


def test_events_around_the_final_delete_follow_event_order(tmp_path: Path) -> None:
    events = "11:00Z,1,message,,,agent, 11:00Z,2,delete,,,, 11:00Z,3,message,,,agent,"
    marts = rows_of(tmp_path, events)
    assert instances(marts, "first_reply") == [(0, 1, "fulfilled", "met")]
    assert instances(marts, "periodic_update") == [(1, 1, "deleted", "cancelled")]
    assert marts["fct_tickets"]["x", "t"]["agent_reply_count"] == 2


def test_a_deleted_flag_without_event_acts_at_updated_at(tmp_path: Path) -> None:
    ticket = "t,2026-01-05T10:00:00Z,2026-01-05T12:00:00Z,email,new,true"
    marts = rows_of(tmp_path, "12:00Z,0,message,,,agent,", ticket)
    assert instances(marts, "first_reply") == [(0, 2, "fulfilled", "breached")]
    assert instances(marts, "total_resolution") == [(0, 2, "deleted", "breached")]
    assert instances(marts, "periodic_update") == [(2, 2, "deleted", "cancelled")]
