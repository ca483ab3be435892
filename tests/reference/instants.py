"""Instants and wall-clock times, as integers.

Belongs here: conversion between text, UTC instants and local wall time. An *instant* is an `int`:
microseconds since 1970-01-01T00:00Z. A *wall time* is an `int` too: the microseconds a clock on the wall
shows, counted as if it were UTC. Does not belong here: anything that knows what a schedule or a ticket is.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DATE = date(1970, 1, 1)

# No zone is further than 15 h from UTC, so both offsets around a wall time are found this far from it.
AROUND = 26 * HOUR


def instant_of(moment: datetime) -> int:
    """Microseconds since the epoch of an aware datetime."""
    delta = moment - EPOCH
    return (delta.days * 86_400 + delta.seconds) * SECOND + delta.microseconds


def datetime_of(instant: int) -> datetime:
    """The aware UTC datetime of an instant."""
    return EPOCH + timedelta(microseconds=instant)


def show(instant: int | None) -> str:
    """ISO text of an instant for messages; `null` for none."""
    return "null" if instant is None else datetime_of(instant).isoformat().replace("+00:00", "Z")


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def offset(zone: str, instant: int) -> int:
    """What the zone's clocks are ahead of UTC at an instant, in microseconds."""
    ahead = datetime_of(instant).astimezone(_zone(zone)).utcoffset()
    assert ahead is not None
    return (ahead.days * 86_400 + ahead.seconds) * SECOND


def wall_clock(zone: str, instant: int) -> int:
    """The wall time a clock in the zone shows at an instant."""
    return instant + offset(zone, instant)


def local_date(zone: str, instant: int) -> date:
    """The date on the wall at an instant."""
    return EPOCH_DATE + timedelta(days=wall_clock(zone, instant) // DAY)


def wall_time(day: date, minutes: int = 0) -> int:
    """The wall time `minutes` after a date's midnight, counted on the wall clock (so 26 * 60 is 02:00 a day
    later)."""
    return (day - EPOCH_DATE).days * DAY + minutes * MINUTE


@cache
def occurrences(zone: str, wall: int) -> tuple[int, ...]:
    """All instants at which the zone's clocks show this wall time: one, two (autumn) or none (spring)."""
    offsets = {offset(zone, wall - AROUND), offset(zone, wall + AROUND)}
    return tuple(sorted(wall - o for o in offsets if wall_clock(zone, wall - o) == wall))


@cache
def _switch_near(zone: str, wall: int) -> int:
    """The instant of the clock change that skips this wall time, by bisection on the offset."""
    before, after = wall - AROUND, wall + AROUND
    old = offset(zone, before)
    assert old != offset(zone, after), f"{zone} skips nothing around {datetime_of(wall)}"
    while after - before > 1:
        middle = (before + after) // 2
        if offset(zone, middle) == old:
            before = middle
        else:
            after = middle
    return after


def instant_at(zone: str, wall: int, *, last: bool = False) -> int:
    """The instant of a wall time.

    An ambiguous wall time is its first occurrence, or its second with `last`; a nonexistent one is the switch
    itself, the first valid instant (A38).
    """
    found = occurrences(zone, wall)
    if not found:
        return _switch_near(zone, wall)
    return found[-1] if last else found[0]


def parse_instant(text: str, zone: str | None) -> int:
    """The instant an ISO 8601 text means; naive text is wall time in `zone`, a bare date its midnight (A42).

    Raises ValueError for a naive text without a zone.
    """
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is not None:
        return instant_of(moment)
    if zone is None:
        raise ValueError(f"naive time {text!r} and no zone declared")
    return instant_at(zone, instant_of(moment.replace(tzinfo=UTC)))


def parse_minutes(text: str) -> int:
    """Minutes after midnight of `HH:MM`, hours up to 48."""
    hours, minutes = text.strip().split(":")[:2]
    return int(hours) * 60 + int(minutes)
