"""Business time by explicit open intervals: which instants a schedule is open, worked out date by date.

Belongs here: windows, holidays, versions, the default schedule, instants without a schedule (A34-A39). There
is no cumulative clock here on purpose: a duration is the total length of an intersection of interval lists.
Does not belong here: tickets.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from .instants import instant_at, local_date, wall_time
from .intervals import Interval, clip, intersect, subtract, total, union
from .site_files import Holiday, ScheduleRow

WHOLE_DAY = 24 * 60


def is_open(rows: list[ScheduleRow], holidays: list[Holiday], instant: int) -> bool:
    """Whether one schedule (its rows and holidays) is open at an instant, straight from the definition."""
    for row in rows:
        if not row.validity.holds(instant) or row.weekday is None:
            continue
        if any(start <= instant < end for start, end in _holidays_of(row, holidays)):
            continue
        today = local_date(row.zone, instant)
        # A window may have opened up to two dates ago (48:00), or a skipped date may lie between.
        for days_ago in range(5):
            window = _window(row, today - timedelta(days=days_ago))
            if window and window[0] <= instant < window[1]:
                return True
    return False


def _window(row: ScheduleRow, day: date) -> Interval | None:
    """The row's window that opens on a local date, or None on another weekday."""
    if row.weekday is None or row.opens is None or row.closes is None or day.isoweekday() != row.weekday:
        return None
    closes = row.closes if row.closes > row.opens else row.closes + WHOLE_DAY  # A39
    return (
        instant_at(row.zone, wall_time(day, row.opens)),
        instant_at(row.zone, wall_time(day, closes), last=True),
    )


def _holidays_of(row: ScheduleRow, holidays: list[Holiday]) -> list[Interval]:
    """The holidays as intervals of instants in the zone of the row (A37)."""
    found = []
    for holiday in holidays:
        start = instant_at(row.zone, wall_time(holiday.starts_on, holiday.starts_at))
        # 24:00 is where the next local date begins, so its first occurrence.
        end_wall = wall_time(holiday.ends_on, holiday.ends_at)
        end = instant_at(row.zone, end_wall, last=holiday.ends_at != WHOLE_DAY)
        found.append((start, end))
    return union(found)


def open_intervals(rows: list[ScheduleRow], holidays: list[Holiday], start: int, end: int) -> list[Interval]:
    """The open time of one schedule in [start, end): the union over its rows, each instant once."""
    everything: list[Interval] = []
    for row in rows:
        if row.weekday is None or row.opens is None:
            continue
        from_ = max(start, row.validity.start())
        to = end if row.validity.valid_to is None else min(end, row.validity.valid_to)
        if from_ >= to:
            continue
        windows = []
        day = local_date(row.zone, from_) - timedelta(days=4)
        last_day = local_date(row.zone, to) + timedelta(days=1)
        while day <= last_day:
            window = _window(row, day)
            if window:
                windows.append(window)
            day += timedelta(days=1)
        everything += subtract(clip(union(windows), from_, to), _holidays_of(row, holidays))
    return union(everything)


class Calendar:
    """All schedules of one source over a horizon [start, end)."""

    def __init__(self, rows: list[ScheduleRow], holidays: list[Holiday], start: int, end: int) -> None:
        self.start, self.end = start, end
        self._rows: dict[str, list[ScheduleRow]] = {}
        for row in rows:
            self._rows.setdefault(row.schedule_id, []).append(row)
        self._holidays: dict[str, list[Holiday]] = {}
        for holiday in holidays:
            self._holidays.setdefault(holiday.schedule_id, []).append(holiday)
        self._open: dict[str, list[Interval]] = {}
        self._in_force: dict[str, list[Interval]] = {}
        self.defaults = self._default_pieces(rows)

    def open(self, schedule_id: str) -> list[Interval]:
        """The open intervals of a schedule within the horizon; none for an unknown one."""
        if schedule_id not in self._open:
            rows, holidays = self._rows.get(schedule_id, []), self._holidays.get(schedule_id, [])
            self._open[schedule_id] = open_intervals(rows, holidays, self.start, self.end)
        return self._open[schedule_id]

    def in_force(self, schedule_id: str) -> list[Interval]:
        """When some row of the schedule is in force, within the horizon (A34)."""
        if schedule_id not in self._in_force:
            validities = [self._bounds(row) for row in self._rows.get(schedule_id, [])]
            self._in_force[schedule_id] = clip(union(validities), self.start, self.end)
        return self._in_force[schedule_id]

    def _bounds(self, row: ScheduleRow) -> Interval:
        to = row.validity.valid_to
        return (max(row.validity.start(), self.start), self.end if to is None else min(to, self.end))

    def _default_pieces(self, rows: list[ScheduleRow]) -> list[tuple[int, int, str | None]]:
        """The default schedule over the horizon: the `is_default` row in force, lowest id (A35)."""
        defaults = [row for row in rows if row.is_default]
        cuts = {self.start, self.end}
        for row in defaults:
            cuts.update(i for i in self._bounds(row) if self.start <= i <= self.end)
        ordered = sorted(cuts)
        pieces: list[tuple[int, int, str | None]] = []
        for start, end in pairwise(ordered):
            in_force = [row.schedule_id for row in defaults if row.validity.holds(start)]
            chosen = min(in_force, key=str.encode) if in_force else None
            if pieces and pieces[-1][2] == chosen:
                pieces[-1] = (pieces[-1][0], end, chosen)
            else:
                pieces.append((start, end, chosen))
        return pieces

    def resolve(self, start: int, end: int, schedule_id: str | None) -> list[tuple[int, int, str | None]]:
        """[start, end) cut where the default changes, each piece with `coalesce(schedule_id, default
        then)`."""
        if schedule_id is not None:
            return [(start, end, schedule_id)] if start < end else []
        found = [(max(start, a), min(end, b), default) for a, b, default in self.defaults]
        return [piece for piece in found if piece[0] < piece[1]]

    def at(self, instant: int, schedule_id: str | None) -> str | None:
        """`coalesce(schedule_id, default then)` at an instant."""
        if schedule_id is not None:
            return schedule_id
        return next((default for start, end, default in self.defaults if start <= instant < end), None)


class TicketTime:
    """Business time of one ticket: `pieces` says which schedule (after the default) counts when."""

    def __init__(self, calendar: Calendar, pieces: list[tuple[int, int, str | None]]) -> None:
        self.open: list[Interval] = []
        self.without_schedule: list[Interval] = []
        for start, end, schedule_id in pieces:
            if schedule_id is None:
                self.without_schedule.append((start, end))
                continue
            self.open += clip(calendar.open(schedule_id), start, end)
            self.without_schedule += subtract([(start, end)], calendar.in_force(schedule_id))

    def seconds(self, measured: list[Interval]) -> int | None:
        """Open microseconds of a set of instants; None if some instant of it has no schedule (A36)."""
        if self.first_without_schedule(measured) is not None:
            return None
        return total(intersect(measured, self.open))

    def first_without_schedule(self, measured: list[Interval]) -> int | None:
        """The first instant of the set that has no schedule."""
        missing = intersect(measured, self.without_schedule)
        return missing[0][0] if missing else None
