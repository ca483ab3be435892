"""The simulator's own business clock: open time of a schedule between two instants, and its inverse.

Belongs here: SEMANTICS §1 and A34-A39 on zoneinfo and numpy, made apart from the warehouse's SQL so that the
two can be held against each other.
Does not belong here: which schedule a ticket has.
Instants are integer microseconds UTC, durations microseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from ingestion.simulator.steps import BEGINNING, END, SECOND, pack

Interval = tuple[int, int]
NEVER = np.int64(1) << 60
"""Answer of `after` where the open time is not reached within the horizon."""


def micros(moment: datetime) -> int:
    """Microseconds since 1970 of an aware datetime."""
    delta = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * SECOND + delta.microseconds


def local_to_utc(wall: datetime, zone: ZoneInfo, *, second: bool = False) -> int:
    """UTC instant of a naive wall time: an ambiguous one is its first occurrence (or the second), a
    nonexistent one the switch itself (A38)."""
    early, late = wall.replace(tzinfo=zone, fold=0), wall.replace(tzinfo=zone, fold=1)
    first, last = early.utcoffset(), late.utcoffset()
    assert first is not None and last is not None
    if last > first:  # a gap: the clock jumps forward over `wall`
        low, high = micros(late) // SECOND, micros(early) // SECOND
        while high - low > 1:
            middle = (low + high) // 2
            offset = datetime.fromtimestamp(middle, UTC).astimezone(zone).utcoffset()
            low, high = (middle, high) if offset == first else (low, middle)
        return high * SECOND
    return micros(late if second else early)


def parse_wall(text: str) -> timedelta:
    """`HH:MM` (hours up to 48) as the time since the local midnight."""
    hours, minutes = text.split(":")[:2]
    return timedelta(hours=int(hours), minutes=int(minutes))


def union(intervals: Sequence[Interval]) -> list[Interval]:
    """Disjoint, sorted, merged where they touch; empty ones dropped."""
    merged: list[Interval] = []
    for start, end in sorted(i for i in intervals if i[0] < i[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def minus(intervals: Sequence[Interval], removed: Sequence[Interval]) -> list[Interval]:
    """What of disjoint sorted `intervals` lies outside disjoint sorted `removed`."""
    left: list[Interval] = []
    for start, end in intervals:
        for gone_from, gone_to in removed:
            if gone_to <= start:
                continue
            if gone_from >= end:
                break
            if gone_from > start:
                left.append((start, gone_from))
            start = max(start, gone_to)
        if start < end:
            left.append((start, end))
    return left


def validity(row: dict[str, Any]) -> Interval:
    """`valid_from` and `valid_to` of a reference row as instants; null = open."""
    start, end = row.get("valid_from"), row.get("valid_to")
    return (BEGINNING if start is None else micros(start), END if end is None else micros(end))


def _holidays(rows: Sequence[dict[str, Any]], zone: ZoneInfo) -> list[Interval]:
    found: list[Interval] = []
    for row in rows:
        start, end = row["starts_on"], row["ends_on"]
        opens, closes = row.get("starts_at"), row.get("ends_at")
        at = datetime.combine(start, datetime.min.time()) + (parse_wall(opens) if opens else timedelta())
        until = datetime.combine(end, datetime.min.time()) + (
            parse_wall(closes) if closes else timedelta(days=1)
        )
        midnight_end = until.time() == datetime.min.time() and closes in (None, "", "24:00")
        found.append((local_to_utc(at, zone), local_to_utc(until, zone, second=not midnight_end)))
    return union(found)


def open_intervals(
    rows: Sequence[dict[str, Any]], holidays: Sequence[dict[str, Any]], first: date, last: date
) -> list[Interval]:
    """Open time of one schedule (all its rows, all its versions) for windows that open on local dates
    first..last."""
    found: list[Interval] = []
    removed_in: dict[str, list[Interval]] = {}
    for row in rows:
        if row.get("weekday") is None:
            continue
        name = row["timezone"]
        zone = ZoneInfo(name)
        if name not in removed_in:
            removed_in[name] = _holidays(holidays, zone)
        opens, closes = parse_wall(row["opens_at"]), parse_wall(row["closes_at"])
        if closes <= opens:
            closes += timedelta(days=1)
        valid_from, valid_to = validity(row)
        day = first + timedelta(days=(int(row["weekday"]) - first.isoweekday()) % 7)
        mine: list[Interval] = []
        while day <= last:
            midnight = datetime.combine(day, datetime.min.time())
            start = local_to_utc(midnight + opens, zone)
            end = local_to_utc(midnight + closes, zone, second=True)
            mine.append((max(start, valid_from), min(end, valid_to)))
            day += timedelta(days=7)
        found += minus(union(mine), removed_in[name])
    return union(found)


class Clock:
    """Open time of every schedule over a horizon; number 0 is the site's default, whichever it was at the
    time."""

    def __init__(
        self, schedules: Sequence[dict[str, Any]], holidays: Sequence[dict[str, Any]], start: int, end: int
    ) -> None:
        """Build for instants from `start` to `end` (microseconds)."""
        first = datetime.fromtimestamp(start // SECOND, UTC).date() - timedelta(days=4)
        last = datetime.fromtimestamp(end // SECOND, UTC).date() + timedelta(days=4)
        self.ids: list[str] = sorted({row["schedule_id"] for row in schedules})
        opened: list[list[Interval]] = [[]]
        forced: list[list[Interval]] = [[]]
        for schedule in self.ids:
            rows = [r for r in schedules if r["schedule_id"] == schedule]
            free = [h for h in holidays if h["schedule_id"] == schedule]
            opened.append(open_intervals(rows, free, first, last))
            forced.append(union([validity(r) for r in rows]))
        self.defaults = self._defaults(schedules)
        for (at, number), until in zip(self.defaults, [*(a for a, _ in self.defaults[1:]), END], strict=True):
            if number > 0:
                opened[0] += [(max(a, at), min(b, until)) for a, b in opened[number] if a < until and b > at]
                forced[0].append((at, until))
        opened[0], forced[0] = union(opened[0]), union(forced[0])
        opened.append([])  # what `number` answers for an unknown id: no window, never in force
        forced.append([])
        self._open = _Cumulative(opened)
        self._missing = _Cumulative([minus([(BEGINNING, END)], f) for f in forced])

    def _defaults(self, schedules: Sequence[dict[str, Any]]) -> list[tuple[int, int]]:
        """(from, number of the default schedule or 0 for none), one entry per change."""
        rows = [
            (*validity(r), self.ids.index(r["schedule_id"]) + 1) for r in schedules if r.get("is_default")
        ]
        changes: list[tuple[int, int]] = []
        for cut in sorted({BEGINNING, *(r[0] for r in rows), *(r[1] for r in rows if r[1] < END)}):
            number = min((n for a, b, n in rows if a <= cut < b), default=0)
            if not changes or changes[-1][1] != number:
                changes.append((cut, number))
        return changes

    def number(self, schedule_id: str | None) -> int:
        """Number of a schedule: 0 for null; an id without any row gets the number after the last (never in
        force)."""
        if schedule_id is None:
            return 0
        return self.ids.index(schedule_id) + 1 if schedule_id in self.ids else len(self.ids) + 1

    def opened(self, schedule: np.ndarray, instant: np.ndarray) -> np.ndarray:
        """Open microseconds of each schedule from the beginning up to each instant."""
        return self._open.up_to(schedule, instant)

    def missing(self, schedule: np.ndarray, instant: np.ndarray) -> np.ndarray:
        """Microseconds up to each instant during which the schedule was not in force."""
        return self._missing.up_to(schedule, instant)

    def after(self, schedule: np.ndarray, instant: np.ndarray, span: np.ndarray) -> np.ndarray:
        """Last instant at which at most `span` open microseconds have passed since `instant`; `NEVER` if
        beyond."""
        return self._open.when(schedule, self._open.up_to(schedule, instant) + span)

    def first_missing(self, schedule: np.ndarray, instant: np.ndarray) -> np.ndarray:
        """First instant at or after `instant` at which the schedule is not in force."""
        return self._missing.when(schedule, self._missing.up_to(schedule, instant))


class _Cumulative:
    """Length of unions of intervals up to an instant, for many things at once."""

    def __init__(self, things: Sequence[Sequence[Interval]]) -> None:
        starts: list[int] = []
        lengths: list[int] = []
        owner: list[int] = []
        before: list[int] = []
        for number, intervals in enumerate(things):
            total = 0
            for start, end in [(BEGINNING, BEGINNING), *intervals]:
                owner.append(number)
                starts.append(start)
                lengths.append(end - start)
                before.append(total)
                total += end - start
        self.start = np.array(starts, dtype=np.int64)
        self.length = np.array(lengths, dtype=np.int64)
        self.before = np.array(before, dtype=np.int64)
        self.start_key = pack(np.array(owner), self.start)
        self.before_key = (np.array(owner, dtype=np.int64) << 52) + self.before

    def up_to(self, thing: np.ndarray, instant: np.ndarray) -> np.ndarray:
        i = np.searchsorted(self.start_key, pack(thing, instant), side="right") - 1
        return self.before[i] + np.clip(instant - self.start[i], 0, self.length[i])

    def when(self, thing: np.ndarray, total: np.ndarray) -> np.ndarray:
        key = (np.asarray(thing, dtype=np.int64) << 52) + total
        i = np.searchsorted(self.before_key, key, side="right") - 1
        rest = total - self.before[i]
        return np.where(rest < self.length[i], self.start[i] + rest, NEVER)
