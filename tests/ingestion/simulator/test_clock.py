"""The simulator's clock against a scan of the wall clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from ingestion.simulator.calendar import build_calendar
from ingestion.simulator.clock import NEVER, Clock, local_to_utc, micros
from ingestion.simulator.model import AS_OF
from ingestion.simulator.organisation import Organisation
from ingestion.simulator.steps import DAY, MINUTE

START = datetime(2025, 12, 29, tzinfo=UTC)


@pytest.fixture(scope="module")
def organisation() -> Organisation:
    org = Organisation(start=START, as_of=AS_OF)
    build_calendar(org)
    return org


@pytest.fixture(scope="module")
def clock(organisation: Organisation) -> Clock:
    rows = organisation.rows
    return Clock(rows["schedules"], rows["holidays"], micros(START) - 30 * DAY, micros(AS_OF) + 372 * DAY)


def scanned(org: Organisation, schedule: str, start: datetime, quarters: int) -> int:
    """Open quarter hours by asking at each: which local time is it, is a window open, is it a holiday?

    Every boundary of the simulated calendar lies on a quarter hour, so nothing falls between two looks."""
    windows = [r for r in org.rows["schedules"] if r["schedule_id"] == schedule]
    holidays = [h for h in org.rows["holidays"] if h["schedule_id"] == schedule]

    def minute_of(text: str) -> int:
        return int(text[:2]) * 60 + int(text[3:])

    total = 0
    for n in range(quarters):
        moment = start + timedelta(minutes=15 * n)
        for row in windows:
            after = row["valid_from"] is None or row["valid_from"] <= moment
            before = row["valid_to"] is None or moment < row["valid_to"]
            if row["weekday"] is None or not (after and before):
                continue
            local = moment.astimezone(ZoneInfo(row["timezone"])).replace(tzinfo=None)
            opens, closes = minute_of(row["opens_at"]), minute_of(row["closes_at"])
            closes += 1_440 if closes <= opens else 0
            shut = any(
                datetime.combine(h["starts_on"], datetime.min.time())
                + timedelta(minutes=minute_of(h["starts_at"] or "00:00"))
                <= local
                < datetime.combine(h["ends_on"], datetime.min.time())
                + timedelta(minutes=minute_of(h["ends_at"] or "24:00"))
                for h in holidays
            )
            of_day = local.hour * 60 + local.minute
            inside = (local.isoweekday() == row["weekday"] and opens <= of_day < closes) or (
                (local - timedelta(days=1)).isoweekday() == row["weekday"]
                and opens <= of_day + 1_440 < closes
            )
            if inside and not shut:
                total += 1
                break
    return total


# weeks with a switch to summer time somewhere, with holidays, and with new versions of schedules
@pytest.mark.parametrize(
    "week", ["2025-12-30", "2026-02-12", "2026-03-07", "2026-03-28", "2026-04-23", "2026-05-01"]
)
@pytest.mark.parametrize(
    "schedule",
    [
        "SCH-247",
        "SCH-EUROPE",
        "SCH-KRAKOW",
        "SCH-MANILA",
        "SCH-BOGOTA",
        "SCH-CAIRO",
        "SCH-NIGHT",
        "SCH-MOVED",
    ],
)
def test_open_time_is_that_of_the_scan(
    organisation: Organisation, clock: Clock, schedule: str, week: str
) -> None:
    start = datetime.fromisoformat(week).replace(hour=7, tzinfo=UTC)
    number = np.array([clock.number(schedule)])
    begin = np.array([micros(start)])
    opened = clock.opened(number, begin + 4 * DAY) - clock.opened(number, begin)
    assert opened[0] / (15 * MINUTE) == scanned(organisation, schedule, start, 4 * 96)


def test_after_is_the_inverse_of_opened(clock: Clock) -> None:
    rng = np.random.default_rng(1)
    n = 20_000
    number = rng.integers(0, len(clock.ids) + 1, n)
    start = micros(START) + rng.integers(0, 200, n) * DAY + rng.integers(0, DAY, n)
    span = rng.integers(0, 9 * DAY, n)
    end = clock.after(number, start, span)
    reached = end < NEVER
    assert reached.mean() > 0.8
    passed = clock.opened(number, end) - clock.opened(number, start)
    assert (passed[reached] == span[reached]).all()
    later = clock.opened(number, end + 1) - clock.opened(number, start)
    assert (later[reached] == span[reached] + 1).all()  # it is the last such instant


def test_open_time_adds_up(clock: Clock) -> None:
    rng = np.random.default_rng(2)
    number = rng.integers(0, len(clock.ids) + 2, 5_000)
    a, b, c = micros(START) + np.sort(rng.integers(0, 180 * DAY, (3, 5_000)), axis=0)
    first, second = (clock.opened(number, y) - clock.opened(number, x) for x, y in ((a, b), (b, c)))
    assert (first >= 0).all()
    assert (first + second == clock.opened(number, c) - clock.opened(number, a)).all()
    assert (first <= b - a).all()


def test_the_default_is_the_schedule_in_force_then(organisation: Organisation, clock: Clock) -> None:
    switch = micros(organisation.at(0.6))
    for schedule, at in (("SCH-DUBLIN", switch - 20 * DAY), ("SCH-EUROPE", switch + 20 * DAY)):
        span = [
            clock.opened(np.array([n]), np.array([at + 7 * DAY]))
            - clock.opened(np.array([n]), np.array([at]))
            for n in (0, clock.number(schedule))
        ]
        assert span[0] == span[1] > 0


def test_a_retired_and_an_unknown_schedule_are_not_in_force(organisation: Organisation, clock: Clock) -> None:
    end = micros(organisation.at(0.7))
    retired, unknown = clock.number("SCH-RETIRED"), clock.number("SCH-LEGACY")

    def missing(number: int, start: int, stop: int) -> int:
        return int(
            (
                clock.missing(np.array([number]), np.array([stop]))
                - clock.missing(np.array([number]), np.array([start]))
            )[0]
        )

    assert missing(retired, end - 5 * DAY, end) == 0
    assert missing(retired, end - DAY, end + DAY) == DAY
    assert missing(unknown, end - DAY, end + DAY) == 2 * DAY
    assert clock.first_missing(np.array([retired]), np.array([end - 5 * DAY]))[0] == end


@pytest.mark.parametrize(
    ("wall", "zone", "second", "utc"),
    [
        ("2026-03-29T01:30", "Europe/London", False, "2026-03-29T01:00"),  # does not exist: the switch itself
        ("2025-10-26T01:30", "Europe/London", False, "2025-10-26T00:30"),
        ("2025-10-26T01:30", "Europe/London", True, "2025-10-26T01:30"),
        ("2011-12-30T12:00", "Pacific/Apia", False, "2011-12-30T10:00"),  # a skipped date
        ("2026-01-05T09:15", "Asia/Kathmandu", False, "2026-01-05T03:30"),
    ],
)
def test_wall_time_to_utc(wall: str, zone: str, second: bool, utc: str) -> None:
    expected = micros(datetime.fromisoformat(utc).replace(tzinfo=UTC))
    assert local_to_utc(datetime.fromisoformat(wall), ZoneInfo(zone), second=second) == expected


def test_calendar_has_every_kind_of_schedule(organisation: Organisation) -> None:
    rows = organisation.rows["schedules"]
    assert any(r["weekday"] is None for r in rows)
    assert any(r["closes_at"] and r["closes_at"] <= r["opens_at"] for r in rows)
    assert any(r["closes_at"] and r["closes_at"] > "24:00" for r in rows)
    holidays = organisation.rows["holidays"]
    assert any(h["ends_on"] - h["starts_on"] > timedelta(days=1) for h in holidays)
    assert any(h["ends_on"].year > h["starts_on"].year for h in holidays if h["starts_on"] > date(2025, 1, 1))
