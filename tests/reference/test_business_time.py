"""The reference's calendar against a scan of every minute, and its properties.

The scan knows nothing of the calendar's code: it asks zoneinfo what the wall shows at each UTC minute and
looks for the minutes that show a boundary.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .business_time import is_open, open_intervals
from .instants import DAY, HOUR, MINUTE, instant_of
from .intervals import clip, total, used_up_at
from .site_files import Holiday, ScheduleRow, Validity

# A date on or next to a clock change, and the zone that changes.
SWITCHES = (
    ("Europe/London", date(2026, 3, 29)),
    ("Europe/London", date(2025, 10, 26)),
    ("Africa/Cairo", date(2025, 4, 25)),
    ("Africa/Cairo", date(2025, 10, 31)),
    ("Africa/Casablanca", date(2025, 2, 23)),
    ("Africa/Casablanca", date(2025, 4, 6)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Australia/Lord_Howe", date(2025, 10, 5)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Asia/Kathmandu", date(2026, 1, 5)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("America/Sao_Paulo", date(2019, 2, 17)),
    ("America/Havana", date(2025, 11, 2)),
    ("UTC", date(2026, 2, 28)),
)
MARGIN = 4  # days scanned on either side, for windows that opened earlier and holidays that end later


@cache
def walls(zone: str, middle: date) -> dict[int, datetime]:
    """What the wall shows at every UTC minute around a date."""
    first = datetime(middle.year, middle.month, middle.day, tzinfo=UTC) - timedelta(days=2 + MARGIN)
    minutes = (first + timedelta(minutes=i) for i in range((4 + 2 * MARGIN) * 1440))
    return {instant_of(m): m.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for m in minutes}


@cache
def minutes_showing(zone: str, middle: date) -> dict[datetime, list[int]]:
    """The UTC minutes at which the wall shows a time, in order."""
    found: dict[datetime, list[int]] = {}
    for instant, wall in walls(zone, middle).items():
        found.setdefault(wall, []).append(instant)
    return found


def scanned(zone: str, middle: date, day: date, minutes: int, last: bool) -> int:
    """The UTC minute of a wall time, found by looking at every minute."""
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)
    found = minutes_showing(zone, middle).get(wall)
    if found:
        return found[-1] if last else found[0]
    return next(instant for instant, shown in walls(zone, middle).items() if shown > wall)


def scan(rows: list[ScheduleRow], holidays: list[Holiday], middle: date, days: list[date]) -> dict[int, bool]:
    """For each UTC minute of the four days around a date: is it open?"""
    windows = []
    for row in rows:
        shut = []
        for h in holidays:
            start = scanned(row.zone, middle, h.starts_on, h.starts_at, last=False)
            shut.append((start, scanned(row.zone, middle, h.ends_on, h.ends_at, last=h.ends_at != 1440)))
        for day in days:
            if day.isoweekday() != row.weekday or row.opens is None or row.closes is None:
                continue
            closes = row.closes + (1440 if row.closes <= row.opens else 0)
            start = scanned(row.zone, middle, day, row.opens, last=False)
            windows.append((row, start, scanned(row.zone, middle, day, closes, last=True), shut))
    begin, end = span(middle)
    return {
        minute: any(
            start <= minute < stop
            and row.validity.holds(minute)
            and not any(a <= minute < b for a, b in shut)
            for row, start, stop, shut in windows
        )
        for minute in range(begin, end, MINUTE)
    }


def span(middle: date) -> tuple[int, int]:
    """The four days that are judged."""
    noon = instant_of(datetime(middle.year, middle.month, middle.day, tzinfo=UTC))
    return noon - 2 * DAY, noon + 2 * DAY


@st.composite
def calendars(draw: st.DrawFn) -> tuple[date, list[ScheduleRow], list[Holiday]]:
    """A schedule of a few rows around a clock change, with holidays near it."""
    zone, middle = draw(st.sampled_from(SWITCHES))
    begin, _ = span(middle)
    edges = st.sampled_from([0, 15, 60, 90, 120, 150, 180, 540, 720, 1020, 1320, 1439])
    closings = st.sampled_from([0, 60, 90, 120, 150, 180, 360, 540, 1020, 1440, 1530, 2000, 2880])
    rows = []
    for _ in range(draw(st.integers(1, 4))):
        bounds = sorted(draw(st.lists(st.integers(0, 4 * 24 * 4), min_size=2, max_size=2, unique=True)))
        bounded = draw(st.booleans())
        rows.append(
            ScheduleRow(
                schedule_id="s",
                zone=draw(st.sampled_from([zone, zone, "UTC"])),
                weekday=draw(st.integers(1, 7)),
                opens=draw(edges),
                closes=draw(closings),
                is_default=False,
                validity=Validity(
                    begin + bounds[0] * 15 * MINUTE if bounded else None,
                    begin + bounds[1] * 15 * MINUTE if bounded else None,
                ),
            )
        )
    holidays = []
    for _ in range(draw(st.integers(0, 2))):
        first = middle + timedelta(days=draw(st.integers(-2, 1)))
        holidays.append(
            Holiday(
                schedule_id="s",
                starts_on=first,
                ends_on=first + timedelta(days=draw(st.integers(0, 1))),
                starts_at=draw(st.sampled_from([0, 0, 90, 780])),
                ends_at=draw(st.sampled_from([1440, 1440, 840, 1095])),
            )
        )
    return middle, rows, holidays


@settings(max_examples=150, deadline=None)
@given(calendars())
def test_open_minutes_are_those_of_the_scan(given_calendar) -> None:
    middle, rows, holidays = given_calendar
    begin, end = span(middle)
    days = [middle + timedelta(days=n) for n in range(-5, 3)]
    expected = scan(rows, holidays, middle, days)
    intervals = open_intervals(rows, holidays, begin, end)
    found = {m: bool(clip(intervals, m, m + 1)) for m in expected}
    assert found == expected
    # Boundaries are whole minutes, so the open minutes are also the open time.
    assert total(intervals) == sum(expected.values()) * MINUTE
    for minute in list(expected)[::97]:
        assert is_open(rows, holidays, minute) == expected[minute]


@settings(max_examples=60, deadline=None)
@given(calendars(), st.lists(st.integers(0, 4 * DAY), min_size=3, max_size=3))
def test_open_time_adds_up_and_never_shrinks(given_calendar, offsets) -> None:
    middle, rows, holidays = given_calendar
    begin, _ = span(middle)
    a, b, c = sorted(begin + o for o in offsets)

    def measured(start: int, end: int) -> int:
        return total(open_intervals(rows, holidays, start, end)) if start < end else 0

    assert measured(a, b) + measured(b, c) == measured(a, c)
    assert 0 <= measured(a, b) <= measured(a, c) <= c - a


@settings(max_examples=60, deadline=None)
@given(calendars(), st.integers(0, DAY))
def test_the_instant_a_target_is_used_up_is_the_inverse(given_calendar, amount) -> None:
    middle, rows, holidays = given_calendar
    intervals = open_intervals(rows, holidays, *span(middle))
    due = used_up_at(intervals, amount)
    if due is None:
        assert total(intervals) <= amount
    else:
        assert total(clip(intervals, 0, due)) == amount
        assert total(clip(intervals, 0, due + 1)) == amount + 1


@pytest.mark.parametrize(("zone", "middle"), SWITCHES)
def test_round_the_clock_is_the_difference_in_utc(zone: str, middle: date) -> None:
    rows = [ScheduleRow("s", zone, d, 0, 1440, False, Validity(None, None)) for d in range(1, 8)]
    begin, end = span(middle)
    assert open_intervals(rows, [], begin, end) == [(begin, end)]


@settings(max_examples=60, deadline=None)
@given(calendars(), st.integers(1, 60))
def test_shifting_everything_by_weeks_changes_nothing_in_utc(given_calendar, weeks) -> None:
    middle, rows, holidays = given_calendar
    begin, end = span(middle)
    shift = weeks * 7 * DAY

    def moved(instant: int | None) -> int | None:
        return None if instant is None else instant + shift

    plain = [ScheduleRow(**{**vars(r), "zone": "UTC"}) for r in rows]
    later = [
        ScheduleRow(
            **{**vars(r), "validity": Validity(moved(r.validity.valid_from), moved(r.validity.valid_to))}
        )
        for r in plain
    ]
    days = timedelta(weeks=weeks)
    later_holidays = [
        Holiday(**{**vars(h), "starts_on": h.starts_on + days, "ends_on": h.ends_on + days}) for h in holidays
    ]
    expected = [(a + shift, b + shift) for a, b in open_intervals(plain, holidays, begin, end)]
    assert open_intervals(later, later_holidays, begin + shift, end + shift) == expected


def test_an_overnight_window_of_a_skipped_date_keeps_its_morning() -> None:
    # Apia had no 30 December 2011; its Friday night shift is open on Saturday from the switch until 06:00.
    rows = [ScheduleRow("s", "Pacific/Apia", 5, 22 * 60, 6 * 60, False, Validity(None, None))]
    switch = instant_of(datetime(2011, 12, 30, 10, tzinfo=UTC))
    assert open_intervals(rows, [], switch - 2 * DAY, switch + 2 * DAY) == [(switch, switch + 6 * HOUR)]
