"""The same deliveries give the same raw tables: again, shuffled, split, late, corrected, in other formats."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable

import duckdb
import pytest

from tests.ingestion.conftest import EVENT, EVENTS, TICKET, TICKETS, Warehouse, csv

_TICKET_HEADER = f"{TICKETS},subject,is_minor,requester_id"
_EVENT_HEADER = f"{EVENTS},recorded_at,body"


def _tickets(rng: random.Random, count: int) -> list[str]:
    """Several versions of some tickets, with equal versions being equal rows."""
    rows = []
    for number in range(count):
        for version in range(rng.randint(1, 3)):
            minor = "true" if number % 7 == 3 and version == 1 else ""
            at = f"2026-01-05T0{version}:00:00Z"
            said = f"email,s{version},subject {version},{minor},c{number % 5}"
            rows.append(f"t{number},2026-01-01T00:00:00Z,{at},{said}")
    return rows + rng.sample(rows, len(rows) // 4)


def _events(rng: random.Random, count: int) -> list[str]:
    rows = []
    for number in range(count):
        event = f"e{number},t{number % 20},2026-01-03T10:00:00Z,message"
        for version in range(rng.randint(1, 2)):
            rows.append(f"{event},2026-01-0{4 + version}T00:00:00Z,body {number} {version}")
    rows.append("gone,t5,2026-01-04T00:00:00Z,delete,2026-01-04T00:00:00Z,")
    return rows + rng.sample(rows, len(rows) // 4)


def _deliver(
    warehouse: Warehouse, rng: random.Random, parts: int, tickets: list[str], events: list[str]
) -> None:
    """Deliver all rows in a random order, in `parts` loads of one or two files each."""
    tickets, events = rng.sample(tickets, len(tickets)), rng.sample(events, len(events))
    for part in range(parts):
        files = {f"ticket_events_{part}.csv": csv(_EVENT_HEADER, *events[part::parts])}
        mine = tickets[part::parts]
        cut = rng.randint(0, len(mine))
        files[f"tickets_{part}.csv"] = csv(_TICKET_HEADER, *mine[:cut])
        files[f"tickets/more_{part}.csv"] = csv(_TICKET_HEADER, *mine[cut:])
        warehouse.write(files).load()


@pytest.mark.parametrize("seed", [1, 2])
def test_any_order_and_split_gives_the_same_raw_tables(
    make_warehouse: Callable[[str], Warehouse], seed: int
) -> None:
    rng = random.Random(seed)
    tickets, events = _tickets(rng, 25), _events(rng, 60)
    at_once, slowly = make_warehouse("at_once"), make_warehouse("slowly")
    _deliver(at_once, rng, 1, tickets, events)
    _deliver(slowly, rng, 4, tickets, events)
    assert slowly.dump() == at_once.dump()
    for made in (at_once, slowly):
        loaded = dict(made.query("SELECT entity, sum(loaded) FROM raw.load_report GROUP BY entity"))
        assert loaded["tickets"] == made.value("SELECT count(*) FROM raw.canonical__tickets")
        assert loaded["ticket_events"] == made.value("SELECT count(*) FROM raw.canonical__ticket_events")
        assert not made.query("SELECT * FROM raw.load_report WHERE read <> loaded + quarantined + duplicates")


def test_nothing_new_does_nothing_and_the_same_again_changes_no_row(warehouse: Warehouse) -> None:
    first = warehouse.write({"tickets.csv": csv(TICKETS, TICKET)}).load()
    assert warehouse.load().load_no is None
    before = warehouse.dump(with_load_no=True)
    again = warehouse.write({"tickets_again.csv": csv(TICKETS, TICKET, TICKET)}).load()
    assert warehouse.dump(with_load_no=True) == before
    assert again.load_no == (first.load_no or 0) + 1
    assert [(f.read, f.loaded, f.duplicates) for f in again.files] == [(2, 0, 2)]


def test_a_file_touched_but_not_changed_is_not_read_again(warehouse: Warehouse) -> None:
    warehouse.write({"tickets.csv": csv(TICKETS, TICKET)}).load()
    (warehouse.root / "s" / "tickets.csv").touch()
    assert warehouse.load().files == ()


def test_only_rows_that_changed_get_a_new_load_number(warehouse: Warehouse) -> None:
    rows = [TICKET.replace("t1", f"t{n}") for n in range(4)]
    number = warehouse.write({"tickets.csv": csv(TICKETS, *rows)}).load().load_no or 0
    rows[2] = rows[2].replace("09:00", "10:00").replace("open", "solved")
    warehouse.write({"tickets.csv": csv(TICKETS, *rows)}).load()
    found = dict(warehouse.query("SELECT ticket_id, load_no FROM raw.canonical__tickets"))
    assert found == {"t0": number, "t1": number, "t2": number + 1, "t3": number}


def test_an_older_version_that_comes_late_changes_nothing(warehouse: Warehouse) -> None:
    warehouse.write({"tickets.csv": csv(TICKETS, TICKET.replace("open", "solved"))}).load()
    before = warehouse.dump(with_load_no=True)
    late = csv(TICKETS, TICKET.replace("T09", "T08").replace("open", "new"))
    warehouse.write({"tickets_late.csv": late}).load()
    assert warehouse.dump(with_load_no=True) == before


def test_a_corrected_file_counts_although_its_version_is_the_same(warehouse: Warehouse) -> None:
    for status in ("solved", "closed", "new"):
        warehouse.write({"tickets.csv": csv(TICKETS, TICKET.replace("open", status))}).load()
        assert warehouse.value("SELECT status FROM raw.canonical__tickets") == status


def test_another_declaration_reads_unchanged_files_again(warehouse: Warehouse) -> None:
    naive = "e1,t1,2026-07-05T12:00:00,message"
    warehouse.write({"ticket_events.csv": csv(EVENTS, naive)}).load()
    # The new zone makes recorded_at, and so the version, earlier than what is stored.
    for zone, hour in (("Asia/Tokyo", 3), ("America/New_York", 16)):
        warehouse.site["timezone"] = zone
        warehouse.load()
        assert warehouse.value("SELECT hour(occurred_at) FROM raw.canonical__ticket_events") == hour


def test_reference_tables_are_replaced_whole_and_equal_rows_keep_their_number(warehouse: Warehouse) -> None:
    header = "group_id,name"
    files = {
        "groups.csv": csv(header, "g1,One", "g1,One", "g2,Two"),
        "groups_b.csv": csv(header, "g2,Two", "g3,3"),
    }
    number = warehouse.write(files).load().load_no or 0
    warehouse.write({"groups.csv": csv(header, "g1,Uno")}).load()
    found = warehouse.query("SELECT group_id, name, load_no FROM raw.canonical__groups ORDER BY 1")
    assert found == [("g1", "Uno", number + 1), ("g2", "Two", number), ("g3", "3", number)]


def test_another_sources_reference_rows_stay_when_one_is_replaced(warehouse: Warehouse) -> None:
    warehouse.site["sources"].append({"name": "b", "connector": "canonical_files", "path": "b"})
    warehouse.write({"groups.csv": csv("group_id,name", "g1,B")}, source="b")
    warehouse.write({"groups.csv": csv("group_id,name", "g1,S")}).load()
    warehouse.write({"groups.csv": csv("group_id,name", "g1,S2")}).load()
    assert warehouse.query("SELECT source_id, name FROM raw.canonical__groups ORDER BY 1") == [
        ("b", "B"),
        ("s", "S2"),
    ]


def test_shared_reference_files_serve_every_source(warehouse: Warehouse) -> None:
    warehouse.site["sources"].append({"name": "b", "connector": "canonical_files", "path": "b"})
    warehouse.site["shared_reference"] = "shared"
    warehouse.write({"tickets.csv": csv(TICKETS, TICKET)}, source="b")
    warehouse.write(
        {"groups.csv": csv("group_id,name", "g1,One"), "tickets.csv": csv(TICKETS)}, source="shared"
    )
    result = warehouse.write({"groups_own.csv": csv("group_id,name", "g2,Own")}).load()
    found = warehouse.query("SELECT source_id, group_id FROM raw.canonical__groups ORDER BY ALL")
    assert found == [("b", "g1"), ("s", "g1"), ("s", "g2")]
    assert "shared/tickets.csv" in result.ignored_files


def test_refers_to_is_written_down_for_every_kind_of_id(warehouse: Warehouse) -> None:
    surveys = {
        "name": "surveys",
        "connector": "canonical_files",
        "path": "s",
        "refers_to": {"ticket_id": "s"},
    }
    warehouse.site["sources"].append(surveys)
    warehouse.load()
    found = dict(
        warehouse.query(
            "SELECT reference, refers_to_source_id FROM raw.source_references WHERE source_id = 'surveys'"
        )
    )
    assert found["ticket_id"] == "s"
    assert found["agent_id"] == "surveys"


def test_every_format_gives_the_same_rows(make_warehouse: Callable[[str], Warehouse]) -> None:
    header = f"{TICKETS},is_public,subject,colour"
    rows = [
        f"t{n},2026-01-05T08:00:00.1234567{n}+02:00,2026-01-05 09:00Z,email,open,{n % 2},é {n},blue"
        for n in range(4)
    ]
    text = csv(header, *rows)
    objects = [dict(zip(header.split(","), row.split(","), strict=True)) for row in rows]
    typed = [{**o, "is_public": o["is_public"] == "1"} for o in objects]
    parquet = make_warehouse("parquet")
    (parquet.root / "s").mkdir()
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE t AS SELECT * REPLACE"
            " (is_public = '1' AS is_public, created_at::TIMESTAMPTZ AS created_at)"
            " FROM read_csv(?, all_varchar = true)",
            [str(parquet.write({"x.txt": text}).root / "s" / "x.txt")],
        )
        connection.execute(f"COPY t TO '{parquet.root / 's' / 'tickets.parquet'}' (FORMAT parquet)")
    parquet.load()
    csvs = make_warehouse("csv").write({"tickets.csv": text})
    zipped = make_warehouse("gz").write({"tickets-1.csv.gz": gzip.compress(text.encode())})
    lines = make_warehouse("jsonl").write({"tickets/a.jsonl": "\n".join(json.dumps(o) for o in typed)})
    for other in (csvs, zipped, lines):
        other.load()
        assert other.dump() == parquet.dump()
    ((created, public, extra),) = csvs.query(
        "SELECT created_at, is_public, extra FROM raw.canonical__tickets WHERE ticket_id = 't1'"
    )
    assert (created.isoformat(), public, json.loads(extra)) == (
        "2026-01-05T06:00:00.123456",
        True,
        {"colour": "blue"},
    )


def test_files_of_entities_with_like_names_are_told_apart(warehouse: Warehouse) -> None:
    warehouse.write(
        {
            "tickets_2026.csv": csv(TICKETS, TICKET),
            "ticket_events_2026.csv": csv(EVENTS, EVENT),
            "appeals_1.csv": csv(
                "appeal_id,about,submitted_at,updated_at", "a1,decision,2026-01-01,2026-01-01"
            ),
            "appeal_decisions_1.csv": csv("appeal_id,decision_id", "a1,d1"),
            "agents-x.csv": csv("agent_id,valid_from", "a1,2026-01-01"),
            "agent_shifts.csv": csv("agent_id,starts_at,ends_at", "a1,2026-01-01,2026-01-01"),
        }
    )
    result = warehouse.load()
    assert {file.entity: file.loaded for file in result.files} == dict.fromkeys(
        ("tickets", "ticket_events", "appeals", "appeal_decisions", "agents", "agent_shifts"), 1
    )


def test_a_url_is_read_like_a_folder(warehouse: Warehouse) -> None:
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.pipe("/delivered/tickets.csv", csv(TICKETS, TICKET).encode())
    memory.pipe("/delivered/ticket_events/1.csv.gz", gzip.compress(csv(EVENTS, EVENT).encode()))
    warehouse.site["sources"][0]["path"] = "memory://delivered"
    assert sum(file.loaded for file in warehouse.load().files) == 2
    assert warehouse.load().load_no is None


def test_defaults_of_the_contract_are_filled_in(warehouse: Warehouse) -> None:
    warehouse.write(
        {
            "tickets.csv": csv(TICKETS, TICKET),
            "ticket_events.csv": csv(EVENTS, EVENT),
            "csat_responses.csv": csv("survey_id,ticket_id,sent_at", "x,t1,2026-01-06"),
        }
    ).load()
    assert warehouse.query("SELECT submitter_role, is_public, is_spam FROM raw.canonical__tickets") == [
        ("requester", True, None)
    ]
    assert warehouse.query(
        "SELECT sequence_no, recorded_at = occurred_at, is_public, actor_role"
        " FROM raw.canonical__ticket_events"
    ) == [(0, True, None, None)]
    assert warehouse.value("SELECT recorded_at = sent_at FROM raw.canonical__csat_responses")
