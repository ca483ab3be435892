"""The contract: its page is current, and every way to write a value is read as it says."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from ingestion import walltime
from ingestion.connectors import all_entities
from ingestion.contracts import CANONICAL, entity
from ingestion.contracts.model import Column
from ingestion.contracts.page import page
from ingestion.typing_sql import Cell, reading

_ROOT = Path(__file__).resolve().parents[2]


def _read(column: Column, text: str | None, zone: str | None = "America/New_York") -> object:
    with duckdb.connect() as connection:
        wall = walltime.register(connection, zone) if zone else None
        how = reading(column, Cell("v"), wall, {}, "x")
        bad = how.bad or f"v IS NOT NULL AND ({how.value}) IS NULL"
        sql = f"SELECT {how.value}, coalesce({bad}, FALSE) FROM (SELECT CAST(? AS VARCHAR) AS v)"
        ((value, violated),) = connection.execute(sql, [text]).fetchall()
    return "bad" if violated else value


def test_the_page_is_the_contract() -> None:
    assert (_ROOT / "docs" / "source_contract.md").read_text(encoding="utf-8") == page(), (
        "run: .venv/bin/python -m ingestion contract > docs/source_contract.md"
    )


def test_every_entity_has_its_own_table_and_activity_has_keys() -> None:
    tables = [found.table for found in all_entities()]
    assert len(tables) == len(set(tables))
    assert all(found.key for found in CANONICAL if found.kind != "reference")
    assert entity("csat_responses").key == ("survey_id", "recorded_at")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-05T14:00Z", datetime(2026, 1, 5, 14)),
        ("2026-01-05 14:00:00Z", datetime(2026, 1, 5, 14)),
        ("2026-01-05T14:00:00.123456789Z", datetime(2026, 1, 5, 14, 0, 0, 123456)),
        ("2026-01-05T14:00:00,5+05:30", datetime(2026, 1, 5, 8, 30, 0, 500000)),
        ("2026-01-05T14:00-0330", datetime(2026, 1, 5, 17, 30)),
        ("2026-01-05 14:00:00+00", datetime(2026, 1, 5, 14)),
        ("2026-01-05T14:00:00", datetime(2026, 1, 5, 19)),
        ("2026-01-05", datetime(2026, 1, 5, 5)),
        ("2026-03-08T02:30", datetime(2026, 3, 8, 7)),
        ("2026-11-01T01:30", datetime(2026, 11, 1, 5, 30)),
        ("2026-02-30T00:00Z", "bad"),
        ("2026-01-05T24:00Z", "bad"),
        ("2026-1-5", "bad"),
        ("05/01/2026", "bad"),
        ("infinity", "bad"),
        ("1767621600", "bad"),
        ("2026-01-05T14:00:00+25:00", "bad"),
        (None, None),
    ],
)
def test_times(text: str | None, expected: object) -> None:
    assert _read(Column("c", "ts"), text) == expected


def test_a_naive_time_needs_a_zone_and_one_with_an_offset_does_not() -> None:
    assert _read(Column("c", "ts"), "2026-01-05T14:00", zone=None) == "bad"
    assert _read(Column("c", "ts"), "2026-01-05", zone=None) == "bad"
    assert _read(Column("c", "ts"), "2026-01-05T14:00+01:00", zone=None) == datetime(2026, 1, 5, 13)


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("bool", "TRUE", True),
        ("bool", "0", False),
        ("bool", "Yes", True),
        ("bool", "1.0", True),
        ("bool", "n", False),
        ("bool", "F", False),
        ("bool", "maybe", "bad"),
        ("bool", "2", "bad"),
        ("int", "12", 12),
        ("int", "-3.0", -3),
        ("int", "1.5", "bad"),
        ("int", "1_000", "bad"),
        ("int", "99999999999999999999", "bad"),
        ("num", ".5", 0.5),
        ("num", "1e3", 1000.0),
        ("num", "1e999", "bad"),
        ("num", "nan", "bad"),
        ("num", "1,5", "bad"),
        ("time", "9:05", "9:05"),
        ("time", "17:00:00", "17:00"),
        ("time", "48:00", "48:00"),
        ("time", "48:01", "bad"),
        ("time", "9", "bad"),
        ("market", "ID", "ID"),
        ("market", "id", "bad"),
        ("language", "zh-Hant-TW", "zh-Hant-TW"),
        ("language", "en_US", "bad"),
        ("zone", "Asia/Kathmandu", "Asia/Kathmandu"),
        ("zone", "Kathmandu", "bad"),
    ],
)
def test_other_types(kind: str, text: str, expected: object) -> None:
    assert _read(Column("c", kind), text) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"), [("2026-01-05", "2026-01-05"), ("2026-01-05T00:00:00", "2026-01-05")]
)
def test_dates(text: str, expected: str) -> None:
    assert str(_read(Column("c", "date"), text)) == expected
    assert _read(Column("c", "date"), text.replace("01-05", "13-05")) == "bad"
