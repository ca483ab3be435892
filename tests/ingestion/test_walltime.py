"""Wall time to UTC, against zoneinfo one instant at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.walltime import offsets, register, wall_to_utc

_EPOCH = datetime(1970, 1, 1)
_ZONES = sorted(available_timezones() - {"localtime"})
_KNOWN = [
    "Europe/London",
    "America/New_York",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "Europe/Dublin",
    "America/St_Johns",
    "Antarctica/Troll",
]


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _convert(zone: str, *walls: datetime) -> list[datetime]:
    utc = wall_to_utc(np.array([_micros(wall) for wall in walls]), zone)
    return [_EPOCH + timedelta(microseconds=int(at)) for at in utc]


def _expected(zone: str, wall: datetime) -> datetime:
    """First occurrence; for a time that does not exist the switch, found by halving."""
    info = ZoneInfo(zone)
    first = wall.replace(tzinfo=info, fold=0).astimezone(UTC)
    if first.astimezone(info).replace(tzinfo=None) == wall:
        return first.replace(tzinfo=None)
    low = first - timedelta(days=2)
    high = first + timedelta(days=2)
    while high - low > timedelta(microseconds=1):
        middle = low + (high - low) // 2
        if middle.astimezone(info).replace(tzinfo=None) < wall:
            low = middle
        else:
            high = middle
    return high.replace(tzinfo=None)


def test_the_rules_by_hand() -> None:
    found = _convert(
        "America/New_York",
        datetime(2026, 3, 8, 1, 59, 59),
        datetime(2026, 3, 8, 2, 0),
        datetime(2026, 3, 8, 2, 30),
        datetime(2026, 3, 8, 3, 0),
        datetime(2026, 11, 1, 1, 30),
        datetime(2026, 11, 1, 2, 0),
    )
    assert found == [
        datetime(2026, 3, 8, 6, 59, 59),
        datetime(2026, 3, 8, 7, 0),
        datetime(2026, 3, 8, 7, 0),
        datetime(2026, 3, 8, 7, 0),
        datetime(2026, 11, 1, 5, 30),
        datetime(2026, 11, 1, 7, 0),
    ]


def test_a_date_that_was_skipped_begins_with_the_next() -> None:
    assert _convert("Pacific/Apia", datetime(2011, 12, 30, 12)) == [datetime(2011, 12, 30, 10)]


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(_ZONES), st.datetimes(datetime(1850, 1, 1), datetime(2400, 1, 1)))
def test_any_time_of_any_zone_equals_zoneinfo(zone: str, wall: datetime) -> None:
    assert _convert(zone, wall) == [_expected(zone, wall)]


@pytest.mark.parametrize("zone", _KNOWN)
def test_times_around_every_switch_equal_zoneinfo(zone: str) -> None:
    walls = []
    for _, begin, _, seconds in offsets(zone):
        if begin.year > 2045:
            break
        for minutes in (-181, -31, -1, 0, 1, 29, 31, 61, 121):
            walls.append(begin + timedelta(seconds=seconds, minutes=minutes))
    assert _convert(zone, *walls) == [_expected(zone, wall) for wall in walls]


def test_years_beyond_the_table_repeat_after_400() -> None:
    wall = datetime(2700, 7, 1, 12)
    assert _convert("Europe/London", wall) == [_expected("Europe/London", wall)]
    assert _convert("Europe/London", datetime(9999, 12, 31)) == [datetime(9999, 12, 31)]


def test_duckdb_gets_the_same_by_the_batch_and_keeps_nulls() -> None:
    with duckdb.connect() as connection:
        name = register(connection, "Europe/London")
        assert register(connection, "Europe/London") == name
        found = connection.execute(
            f"SELECT {name}(t) FROM (VALUES (1, TIMESTAMP '2026-07-01 12:00:00.000001'), (2, NULL)) v(n, t)"
            " ORDER BY n"
        ).fetchall()
    assert found == [(datetime(2026, 7, 1, 11, 0, 0, 1),), (None,)]
