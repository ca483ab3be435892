"""What the loader does with bad input: an error before anything is written, or quarantine with the place."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable

import duckdb
import pytest

from ingestion.load import LoadError
from tests.ingestion.conftest import EVENT, EVENTS, TICKET, TICKETS, Warehouse, csv


def _fails(warehouse: Warehouse) -> str:
    with pytest.raises(LoadError) as caught:
        warehouse.load()
    return str(caught.value)


def _quarantined(warehouse: Warehouse, entity: str = "tickets") -> list[tuple[object, ...]]:
    return warehouse.query(f"SELECT file, line, column_name, reason FROM quarantine.{entity} ORDER BY ALL")


def test_a_missing_required_column_names_source_file_and_column(fresh: Warehouse) -> None:
    fresh.write(
        {"tickets.csv": csv("ticket_id,created_at,channel,status", "t1,2026-01-05T08:00:00Z,email,open")}
    )
    message = _fails(fresh)
    assert "source s, file tickets.csv" in message
    assert "updated_at" in message
    assert not fresh.paths.warehouse.exists()


def test_all_problems_of_a_load_are_told_at_once_and_nothing_is_written(warehouse: Warehouse) -> None:
    warehouse.write({"tickets.csv": csv(TICKETS, TICKET)}).load()
    before = warehouse.dump(with_load_no=True)
    warehouse.write(
        {
            "tickets.csv": csv("ticket_id,created_at", "t1,2026-01-05T08:00:00Z"),
            "ticket_events.csv": b"",
            "groups.csv": csv("group_id,name", "g1,One"),
        }
    )
    message = _fails(warehouse)
    assert "tickets.csv" in message and "ticket_events.csv" in message
    assert warehouse.dump(with_load_no=True) == before


def test_a_wrong_type_goes_to_quarantine_with_its_place(warehouse: Warehouse) -> None:
    header = f"{TICKETS},is_public"
    warehouse.write(
        {"tickets.csv": csv(header, f"{TICKET},true", "t2,yesterday,2026-01-05T09:00Z,email,open,maybe")}
    )
    result = warehouse.load()
    ((file, line, column, reason),) = _quarantined(warehouse)
    assert (file, line, column) == ("tickets.csv", 3, "created_at")
    assert "not a time" in str(reason) and "is_public: not true, false, 1 or 0" in str(reason)
    assert result.quarantine_rates["s", "tickets"] == 0.5


def test_an_unknown_code_goes_to_quarantine_unless_the_site_declares_it(warehouse: Warehouse) -> None:
    warehouse.write({"tickets.csv": csv(TICKETS, TICKET, TICKET.replace("t1", "t2").replace("email", "fax"))})
    warehouse.load()
    assert [row[1:3] for row in _quarantined(warehouse)] == [(3, "channel")]
    warehouse.site["codes"] = {"tickets.channel": ["fax"]}
    result = warehouse.load()
    assert result.quarantine_rates["s", "tickets"] == 0
    assert warehouse.value("SELECT channel FROM raw.canonical__tickets WHERE ticket_id = 't2'") == "fax"


def test_a_naive_time_without_a_zone_goes_to_quarantine(warehouse: Warehouse) -> None:
    del warehouse.site["timezone"]
    naive = "t2,2026-01-05T08:00:00,2026-01-05T09:00:00Z,email,open"
    warehouse.write({"tickets.csv": csv(TICKETS, TICKET, naive)}).load()
    ((_, line, column, reason),) = _quarantined(warehouse)
    assert (line, column) == (3, "created_at")
    assert "no timezone is declared" in str(reason)
    assert warehouse.value("SELECT count(*) FROM raw.canonical__tickets") == 1


def test_a_truncated_gzip_is_an_error(warehouse: Warehouse) -> None:
    # Enough text that DuckDB alone would have read the rows before the cut without a word.
    rows = [TICKET.replace("t1", f"t{n}") for n in range(20_000)]
    whole = gzip.compress(csv(TICKETS, *rows).encode())
    warehouse.write({"tickets.csv.gz": whole[: len(whole) // 2]})
    assert "tickets.csv.gz: the gzip is cut off" in _fails(warehouse)


def test_a_damaged_gzip_is_an_error(warehouse: Warehouse) -> None:
    warehouse.write({"tickets.csv.gz": b"this is no gzip"})
    assert "damaged gzip" in _fails(warehouse)


def test_an_empty_file_is_an_error_and_a_header_alone_is_none(warehouse: Warehouse) -> None:
    warehouse.write({"tickets.csv": b""})
    assert "tickets.csv: is empty" in _fails(warehouse)
    warehouse.write({"tickets.csv": csv(TICKETS)}).load()
    assert warehouse.value("SELECT count(*) FROM raw.canonical__tickets") == 0


def test_a_gzip_of_nothing_is_empty_too(warehouse: Warehouse) -> None:
    warehouse.write({"tickets.csv.gz": gzip.compress(b"")})
    assert "is empty" in _fails(warehouse)


@pytest.mark.parametrize("type_", ["TIMESTAMP", "TIMESTAMPTZ", "DATE"])
def test_infinite_times_of_a_parquet_are_no_times(warehouse: Warehouse, type_: str) -> None:
    file = warehouse.write({}).root / "s" / "tickets.parquet"
    file.parent.mkdir()
    with duckdb.connect() as connection:
        connection.execute(
            "SET TimeZone = 'UTC'; COPY (SELECT 't' || row_number() OVER () AS ticket_id,"
            f" CAST(said AS {type_}) AS created_at, DATE '2026-01-06' AS updated_at,"
            " 'email' AS channel, 'open' AS status FROM (VALUES ('2026-01-05'), ('infinity'), ('-infinity'))"
            f" AS v(said)) TO '{file}' (FORMAT parquet)"
        )
    warehouse.load()
    assert warehouse.query("SELECT ticket_id, epoch_us(created_at) FROM raw.canonical__tickets") == [
        ("t1", 1_767_571_200_000_000)
    ]
    assert warehouse.query("SELECT line, reason FROM quarantine.tickets ORDER BY line") == [
        (2, "created_at: not a time"),
        (3, "created_at: not a time"),
    ]


def test_a_broken_parquet_is_an_error(warehouse: Warehouse) -> None:
    warehouse.write({"tickets.parquet": b"PAR1 and then nothing of the kind PAR1"})
    assert "not a readable Parquet file" in _fails(warehouse)


@pytest.mark.parametrize("name", ["tickets.csv", "tickets.jsonl"])
def test_text_that_is_not_utf8_is_an_error(warehouse: Warehouse, name: str) -> None:
    row = TICKET.encode() + b"\xff\xfe" if name.endswith("csv") else b'{"ticket_id": "\xff"}'
    warehouse.write({name: (TICKETS.encode() + b"\n" if name.endswith("csv") else b"") + row + b"\n"})
    assert "UTF-8" in _fails(warehouse)


def test_30_percent_bad_rows_are_counted_now_and_in_later_loads_without_news(warehouse: Warehouse) -> None:
    good = [TICKET.replace("t1", f"t{n}") for n in range(7)]
    bad = [TICKET.replace("t1", f"b{n}").replace("email", "?") for n in range(3)]
    result = warehouse.write({"tickets.csv": csv(TICKETS, *good, *bad)}).load()
    assert result.quarantine_rates["s", "tickets"] == pytest.approx(0.3)
    again = warehouse.load()
    assert again.load_no is None
    assert again.quarantine_rates["s", "tickets"] == pytest.approx(0.3)
    corrected = warehouse.write({"tickets.csv": csv(TICKETS, *good)}).load()
    assert corrected.quarantine_rates["s", "tickets"] == 0


def test_a_reference_table_that_shrank_is_refused_unless_allowed(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"g{n},Group {n}" for n in range(10)]
    warehouse.write({"groups.csv": csv("group_id,name", *rows)}).load()
    warehouse.write({"groups.csv": csv("group_id,name", *rows[:7])})
    message = _fails(warehouse)
    assert "groups shrank from 10 to 7" in message and "allow_shrink" in message
    assert warehouse.value("SELECT count(*) FROM raw.canonical__groups") == 10
    monkeypatch.setenv("ALLOW_SHRINK", "1")
    warehouse.load()
    assert warehouse.value("SELECT count(*) FROM raw.canonical__groups") == 7
    monkeypatch.delenv("ALLOW_SHRINK")
    warehouse.write({"groups.csv": csv("group_id,name", *rows[:6])}).load()
    assert warehouse.value("SELECT count(*) FROM raw.canonical__groups") == 6


def test_a_reference_table_that_shrank_by_bad_rows_names_the_first(warehouse: Warehouse) -> None:
    header, good = "agent_id,tier,valid_from", "a{},T1,2026-01-01"
    warehouse.write({"agents.csv": csv(header, *[good.format(n) for n in range(10)])}).load()
    bad = [good.format(n).replace("T1", "L1") for n in range(10)]
    warehouse.write({"agents.csv": csv(header, *bad)})
    message = _fails(warehouse)
    assert "agents shrank from 10 to 0" in message
    assert "10 rows were refused, first: agents.csv, line 2, tier: unknown value" in message


def test_a_reference_file_with_a_header_only_makes_the_table_and_empties_it(fresh: Warehouse) -> None:
    header = "schedule_id,name,starts_on,ends_on"
    fresh.write({"holidays.csv": csv(header), "groups.csv": csv("group_id,name", "g1,One")}).load()
    assert fresh.query("SELECT name FROM raw.canonical__holidays") == []
    fresh.write({"holidays.csv": csv(header, "s1,New Year,2026-01-01,2026-01-01")}).load()
    assert fresh.query("SELECT name FROM raw.canonical__holidays") == [("New Year",)]
    fresh.write({"holidays.csv": csv(header)})
    (fresh.root / "s" / "groups.csv").unlink()
    fresh.load()
    assert fresh.query("SELECT name FROM raw.canonical__holidays") == []
    assert fresh.query("SELECT name FROM raw.canonical__groups") == []


def test_a_reference_file_that_vanished_is_a_table_that_shrank(warehouse: Warehouse) -> None:
    warehouse.write({"groups.csv": csv("group_id,name", *[f"g{n},x" for n in range(5)])}).load()
    (warehouse.root / "s" / "groups.csv").unlink()
    assert "groups shrank from 5 to 0" in _fails(warehouse)


def test_two_sources_with_the_same_ids_stay_apart(warehouse: Warehouse) -> None:
    warehouse.site["sources"].append({"name": "other", "connector": "canonical_files", "path": "other"})
    warehouse.write({"tickets.csv": csv(TICKETS, TICKET)})
    warehouse.write({"tickets.csv": csv(TICKETS, TICKET.replace("open", "solved"))}, source="other")
    warehouse.load()
    found = warehouse.query("SELECT source_id, ticket_id, status FROM raw.canonical__tickets ORDER BY 1")
    assert found == [("other", "t1", "solved"), ("s", "t1", "open")]


def test_a_csv_full_of_unicode_quotes_and_line_feeds_is_read_and_lines_stay_right(
    warehouse: Warehouse,
) -> None:
    subjects = ['"a ""quoted"" word"', '"two\nlines, and a comma"', '"漢字 ü 🎬\r\nthree\n\nlines"', '""']
    rows = [f"{TICKET.replace('t1', f't{n}')},{subject}" for n, subject in enumerate(subjects)]
    bad = TICKET.replace("t1", "bad").replace("email", "pigeon") + ",x"
    text = "\ufeff" + csv(f"{TICKETS},subject", *rows[:3], "", bad, rows[3])
    warehouse.write({"tickets.csv": text}).load()
    found = dict(warehouse.query("SELECT ticket_id, subject FROM raw.canonical__tickets"))
    assert found == {
        "t0": 'a "quoted" word',
        "t1": "two\nlines, and a comma",
        "t2": "漢字 ü 🎬\r\nthree\n\nlines",
        "t3": None,
    }
    ((_, line, column, _),) = _quarantined(warehouse)
    written = text.split("\n")
    assert column == "channel"
    assert written[int(str(line)) - 1].startswith("bad,")


def test_rows_with_too_few_or_too_many_fields_go_to_quarantine_on_their_line(warehouse: Warehouse) -> None:
    rows = [TICKET, '"t2","multi\nline"', TICKET.replace("t1", "t3"), TICKET + ",more,fields", "t9"]
    warehouse.write({"tickets.csv": csv(TICKETS, *rows)})
    result = warehouse.load()
    assert [row[1] for row in _quarantined(warehouse)] == [3, 6, 7]
    (report,) = result.files
    assert (report.read, report.loaded, report.quarantined, report.duplicates) == (5, 2, 3, 0)


def test_json_lines_that_are_no_objects_go_to_quarantine_on_their_line(warehouse: Warehouse) -> None:
    good = dict(zip(TICKETS.split(","), TICKET.split(","), strict=True))
    lines = [
        json.dumps(good),
        "",
        "{broken",
        "[1, 2]",
        json.dumps({**good, "ticket_id": "t2", "is_public": False}),
    ]
    warehouse.write({"tickets.jsonl": "\n".join(lines)}).load()
    assert [(row[1], row[3]) for row in _quarantined(warehouse)] == [
        (3, "not a JSON object"),
        (4, "not a JSON object"),
    ]
    found = warehouse.query("SELECT ticket_id, is_public FROM raw.canonical__tickets ORDER BY 1")
    assert found == [("t1", True), ("t2", False)]


def test_keys_missing_and_blank_are_violations(warehouse: Warehouse) -> None:
    warehouse.write({"tickets.csv": csv(TICKETS, TICKET[2:], "  " + TICKET[2:])}).load()
    assert [row[1:] for row in _quarantined(warehouse)] == [
        (2, "ticket_id", "ticket_id: missing"),
        (3, "ticket_id", "ticket_id: missing"),
    ]


_RULES = [
    (
        "appeals",
        "appeal_id,about,submitted_at,decided_at,notified_at,updated_at",
        "a1,decision,2026-01-02T00:00Z,2026-01-02T00:00Z,,2026-01-03T00:00Z",
        "a2,decision,2026-01-02T00:00Z,,2026-01-01T23:59:59Z,2026-01-03T00:00Z",
        "notified_at",
    ),
    (
        "appeals",
        "appeal_id,about,submitted_at,decided_at,updated_at",
        "a1,decision,2026-01-02T00:00Z,2026-01-02T00:00Z,2026-01-03T00:00Z",
        "a2,decision,2026-01-02T00:00Z,2026-01-01T00:00Z,2026-01-03T00:00Z",
        "decided_at",
    ),
    (
        "agents",
        "agent_id,valid_from,valid_to",
        "a1,2026-01-02,2026-01-02",
        "a2,2026-01-02,2026-01-01",
        "valid_to",
    ),
    (
        "agent_shifts",
        "agent_id,starts_at,ends_at",
        "a1,2026-01-02T09:00Z,2026-01-02T17:00Z",
        "a2,2026-01-02T09:00Z,2026-01-02T08:00Z",
        "ends_at",
    ),
    (
        "holidays",
        "schedule_id,starts_on,ends_on,starts_at,ends_at",
        "s1,2026-01-02,2026-01-02,9:00,13:00",
        "s1,2026-01-02,2026-01-01,,",
        "ends_on",
    ),
    (
        "holidays",
        "schedule_id,starts_on,ends_on,starts_at,ends_at",
        "s1,2026-01-02,2026-01-03,13:00,9:00",
        "s1,2026-01-02,2026-01-02,13:00,9:00",
        "ends_at",
    ),
    (
        "schedules",
        "schedule_id,timezone,weekday,opens_at,closes_at",
        "s1,Europe/London,7,22:00,30:00",
        "s1,Europe/Londinium,7,22:00,30:00",
        "timezone",
    ),
    (
        "schedules",
        "schedule_id,timezone,weekday,opens_at,closes_at",
        "s1,Europe/London,,,",
        "s1,Europe/London,8,09:00,17:00",
        "weekday",
    ),
    (
        "sla_targets",
        "policy_id,metric,target_minutes,hours",
        "p1,first_reply,1e2,business",
        "p1,first_reply,nan,business",
        "target_minutes",
    ),
    (
        "sla_targets",
        "policy_id,metric,target_minutes,hours,valid_from",
        "p1,first_reply,5256000,business,1900-01-01",
        "p1,first_reply,5256001,business,1900-01-01",
        "target_minutes",
    ),
    (
        "tickets",
        TICKETS,
        TICKET.replace("2026-01-05T08", "1990-01-01T00"),
        TICKET.replace("2026-01-05T08", "1970-01-01T08"),
        "created_at",
    ),
    ("ticket_events", EVENTS, EVENT, EVENT.replace("2026", "2101"), "occurred_at"),
    (
        "voice_items",
        "item_id,platform,posted_at,market,language,likes,updated_at",
        "v1,x,2026-01-02T00:00Z,ID,zh-Hant-TW,3,2026-01-02T00:00Z",
        "v2,x,2026-01-02T00:00Z,ZZ,zh-Hant-TW,3,2026-01-02T00:00Z",
        "market",
    ),
    (
        "voice_items",
        "item_id,platform,posted_at,market,language,likes,updated_at",
        "v1,x,2026-01-02T00:00Z,ID,id,3,2026-01-02T00:00Z",
        "v2,x,2026-01-02T00:00Z,ID,id,3.5,2026-01-02T00:00Z",
        "likes",
    ),
]


def test_a_row_against_a_rule_of_its_entity_is_quarantined(warehouse: Warehouse) -> None:
    for number, (entity, header, good, bad, _) in enumerate(_RULES):
        warehouse.write({f"{entity}_{number}.csv": csv(header, good, bad)})
    warehouse.load()
    found = warehouse.query("SELECT entity, file, line, column_name FROM raw.quarantined_rows ORDER BY ALL")
    assert found == sorted((e, f"{e}_{n}.csv", 3, column) for n, (e, *_, column) in enumerate(_RULES))
    counted = warehouse.query(
        "SELECT file FROM raw.load_report WHERE read = 2 AND quarantined = 1 ORDER BY ALL"
    )
    assert [file for (file,) in counted] == sorted(f"{e}_{n}.csv" for n, (e, *_) in enumerate(_RULES))


def test_an_event_before_its_ticket_and_dangling_ids_are_no_violations(warehouse: Warehouse) -> None:
    early = "e1,t1,2020-01-01T00:00:00Z,message"
    unknown = "e2,nobody,2026-01-01T00:00:00Z,message"
    warehouse.write(
        {
            "tickets.csv": csv(f"{TICKETS},assignee_id,group_id", f"{TICKET},ghost,ghosts"),
            "ticket_events.csv": csv(EVENTS, early, unknown),
        }
    ).load()
    assert warehouse.value("SELECT count(*) FROM raw.quarantined_rows") == 0
    assert warehouse.value("SELECT count(*) FROM raw.canonical__ticket_events") == 2


def test_a_site_with_events_only_and_unknown_files_loads(warehouse: Warehouse) -> None:
    warehouse.write({"ticket_events.csv": csv(EVENTS, EVENT), "notes.csv": "x\n1\n", "readme.txt": "hello"})
    result = warehouse.load()
    assert result.ignored_files == ("s notes.csv", "s readme.txt")
    assert warehouse.value("SELECT count(*) FROM raw.canonical__tickets") == 0


def test_columns_twice_and_other_separators_are_told(warehouse: Warehouse) -> None:
    warehouse.write(
        {
            "tickets.csv": csv(f"{TICKETS},status", f"{TICKET},x"),
            "ticket_events.csv": EVENTS.replace(",", ";") + "\n",
        }
    )
    message = _fails(warehouse)
    assert "column status stands twice" in message
    assert "separated by semicolons" in message


def test_a_path_that_is_not_there_is_told(warehouse: Warehouse) -> None:
    warehouse.site["sources"][0]["path"] = "elsewhere"
    assert "elsewhere does not exist" in _fails(warehouse)


def test_two_kinds_of_line_ends_in_one_file_are_told(warehouse: Warehouse) -> None:
    rows = [TICKET, TICKET.replace("t1", "t2") + "\r", TICKET.replace("t1", "t3")]
    warehouse.write({"tickets.csv": csv(TICKETS, *rows)})
    assert "file tickets.csv: cannot be cut into rows" in (message := _fails(warehouse))
    assert "the same line end" in message


def test_quarantine_keeps_nothing_personal(warehouse: Warehouse) -> None:
    header = f"{TICKETS},requester_id,subject"
    row = "t1,2026-01-05T08:00:00Z,2026-01-05T09:00:00Z,me@example.org,open,creator-77,my secret"
    warehouse.write({"tickets.csv": csv(header, row)}).load()
    ((value, record),) = warehouse.query("SELECT value, record FROM quarantine.tickets")
    assert value == "[email]"
    assert json.loads(record)["ticket_id"] == "t1"
    everything = warehouse.everything()
    for secret in ("creator-77", "my secret", "example.org"):
        assert secret not in everything


@pytest.mark.parametrize(
    ("priority", "shown"),
    [
        ("CREATOR17", "[not shown]"),
        ("critical", "critical"),
        ("Jane Doe", "[not shown]"),
        ("janed", "[not shown]"),
    ],
)
def test_quarantine_shows_no_ids_that_stand_in_other_columns(
    warehouse: Warehouse, priority: str, shown: str
) -> None:
    header = f"{TICKETS},priority,assignee_id,contact_reason,requester_id"
    warehouse.write({"tickets.csv": csv(header, f"{TICKET},{priority},CREATOR17,Jane Doe,janed")}).load()
    ((value, record),) = warehouse.query("SELECT value, record FROM quarantine.tickets")
    assert value == shown
    assert json.loads(record) == {
        "ticket_id": "t1",
        "created_at": "2026-01-05T08:00:00Z",
        "updated_at": "2026-01-05T09:00:00Z",
        "channel": "email",
    }


def test_the_gate_can_trust_the_counts_of_every_load(make_warehouse: Callable[[str], Warehouse]) -> None:
    made = make_warehouse("counts")
    rows = [TICKET, TICKET, TICKET.replace("t1", "t2"), TICKET.replace("t1", "t3").replace("email", "?")]
    made.write({"tickets.csv": csv(TICKETS, *rows)}).load()
    newer = TICKET.replace("09:00", "10:00")
    made.write({"tickets_2.csv": csv(TICKETS, newer, TICKET.replace("t1", "t4"))}).load()
    report = made.query(
        "SELECT file, read, loaded, quarantined, duplicates FROM raw.load_report ORDER BY load_no"
    )
    assert report == [("tickets.csv", 4, 2, 1, 1), ("tickets_2.csv", 2, 1, 0, 1)]
    with duckdb.connect(str(made.paths.warehouse), read_only=True) as connection:
        ((loaded, there),) = connection.execute(
            "SELECT (SELECT sum(loaded) FROM raw.load_report), (SELECT count(*) FROM raw.canonical__tickets)"
        ).fetchall()
    assert loaded == there == 3
