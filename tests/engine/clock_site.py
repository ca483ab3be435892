"""A site of adversarial schedules whose clocks dbt builds once, with what the reference says of each.

Belongs here: the site, the built clocks, the questions asked of them in bulk. Does not belong here: what must
hold (`test_clock_properties`). Every question goes through the project's own clock macros, compiled by dbt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

import duckdb

from tests.dbt_project import build
from tests.reference import random_sites
from tests.reference.business_time import Calendar, TicketTime
from tests.reference.instants import DAY, parse_instant, show
from tests.reference.intervals import clip, total, used_up_at
from tests.reference.random_policies import reference_tables
from tests.reference.random_reference import Period, TextRow
from tests.reference.site_files import SourceData, read_site

WORKDAYS, WEEK = range(1, 6), range(1, 8)
# Zones that kept one offset over the whole site, so that a week is a week on the wall, too.
STEADY_ZONES = ("UTC", "Asia/Kathmandu", "Asia/Tokyo", "Africa/Lagos", "America/Phoenix", "Asia/Kolkata")
STEADY_WINDOWS = (
    [(day, "09:00", "17:30") for day in WORKDAYS],
    [(day, "22:00", "06:15") for day in WEEK],
    [(6, "18:00", "48:00"), (1, "00:00", "00:00"), (3, "23:59", "24:01")],
    [(day, "00:00", "24:00") for day in WEEK],
)
ALWAYS_OPEN_ZONES = ("UTC", "Europe/London", "America/Havana", "Australia/Lord_Howe", "Pacific/Apia")

# The questions, in the words of the project's macros.
BETWEEN = """
    select
        questions.question_no,
        {{ open_us('until', 'questions.until_us') }} - {{ open_us('since', 'questions.since_us') }},
        {{ uncovered_us('until', 'questions.until_us') }}
        - {{ uncovered_us('since', 'questions.since_us') }}
    from questions
    {{ join_clock('since', 'questions.clock_id', 'questions.since_us') }}
    {{ join_clock('until', 'questions.clock_id', 'questions.until_us') }}
"""
INVERSE = """
    with starts as (
        select
            questions.question_no,
            questions.clock_id,
            {{ open_us('since', 'questions.since_us') }} + questions.until_us as passing_us
        from questions
        {{ join_clock('since', 'questions.clock_id', 'questions.since_us') }}
    )

    select starts.question_no, {{ instant_after_open_us('piece', 'starts.passing_us') }}
    from starts
    {{ join_clock_inverse('piece', 'starts.clock_id', 'starts.passing_us') }}
"""


@dataclass(frozen=True)
class Clock:
    """A clock of the built warehouse and the reference's calendar around it; `schedule_id` None = default."""

    clock_id: int
    source_id: str
    schedule_id: str | None
    calendar: Calendar
    source: SourceData

    @cached_property
    def edges(self) -> list[int]:
        """Instants at which something changes, by the reference; at least the calendar's own ends."""
        pieces = self.calendar.resolve(self.calendar.start, self.calendar.end, self.schedule_id)
        found = {self.calendar.start, self.calendar.end, *(at for a, b, _ in pieces for at in (a, b))}
        for start, end, schedule_id in pieces:
            if schedule_id is not None:
                inside = clip(self.calendar.open(schedule_id), start, end)
                inside += clip(self.calendar.in_force(schedule_id), start, end)
                found.update(at for interval in inside for at in interval)
        return sorted(found)

    @cached_property
    def whole(self) -> TicketTime:
        """The clock's open time over the whole calendar."""
        pieces = self.calendar.resolve(self.calendar.start, self.calendar.end, self.schedule_id)
        return TicketTime(self.calendar, pieces)

    def business_us(self, start: int, end: int) -> int | None:
        """Open microseconds between two instants by the reference, None where a schedule is missing."""
        missing = self.whole.without_schedule
        if clip(sorted(missing), start, end):
            return None
        return total(clip(self.whole.open, start, end))

    def after_open(self, start: int, amount: int) -> int | None:
        """The last instant at which at most `amount` is open since `start`, None beyond the calendar."""
        return used_up_at(clip(self.whole.open, start, self.calendar.end), amount)


def write_site(folder: Path, seed: int) -> Path:
    """A source per era of the random sites, and hand-made ones: steady zones, always open, nothing at all."""
    rng = Random(seed)
    sources: dict[str, tuple[int, dict[str, list[TextRow]]]] = {}
    for number, (day, days) in enumerate(random_sites.ERAS):
        start = parse_instant(f"{day}T00:00:00Z", None)
        tables = reference_tables(rng, Period(start, start + min(days, 130) * DAY))
        wanted = {entity: tables[entity] for entity in ("schedules", "holidays")}
        sources[f"era{number}"] = (start, wanted)
    begin = parse_instant("2024-01-01T00:00:00Z", None)
    steady = {
        f"{zone} {number}": _rows(f"{zone} {number}", zone, windows)
        for zone in STEADY_ZONES
        for number, windows in enumerate(STEADY_WINDOWS)
    }
    sources["steady"] = (begin, {"schedules": [row for rows in steady.values() for row in rows]})
    always = [_rows(zone, zone, [(day, "00:00", "24:00") for day in WEEK]) for zone in ALWAYS_OPEN_ZONES]
    sources["always"] = (begin, {"schedules": [row for rows in always for row in rows]})
    site = random_sites.RandomSite(
        {
            "site": "clocks",
            "timezone": "UTC",
            "as_of": "2026-05-01T00:00:00Z",
            "sources": [
                {"name": n, "connector": "canonical_files", "path": f"data/{n}", "timezone": "Europe/London"}
                for n in sources
            ],
        }
    )
    for name, (start, tables) in sources.items():
        times = {"created_at": show(start), "updated_at": show(start)}
        ticket = {
            "ticket_id": "t1",
            "channel": "email",
            "status": "new",
            "submitter_role": "requester",
            **times,
        }
        site.folders[f"data/{name}"] = {**tables, "tickets": [ticket]}
    return random_sites.write(site, folder)


def _rows(schedule_id: str, zone: str, windows: Sequence[tuple[int, str, str]]) -> list[TextRow]:
    return [
        {
            "schedule_id": schedule_id, "name": schedule_id, "timezone": zone, "weekday": str(weekday),
            "opens_at": opens, "closes_at": closes, "is_default": "", "valid_from": "", "valid_to": "",
        }
        for weekday, opens, closes in windows
    ]  # fmt: skip


class BuiltClocks:
    """The clocks of a site, built by dbt, and questions to them."""

    def __init__(self, folder: Path, data_dir: Path) -> None:
        build.load(folder, data_dir)
        build.build(folder, data_dir, select=["+int_clock_days", "+int_clock_inverse"], data_tests=False)
        self._between, self._inverse = compiled(data_dir, BETWEEN), compiled(data_dir, INVERSE)
        self.connection = duckdb.connect(str(data_dir / "warehouse.duckdb"), read_only=True)
        self.connection.execute("set TimeZone = 'UTC'")
        self.connection.execute("set threads = 2")
        self.clocks = self._clocks(folder)

    def _clocks(self, folder: Path) -> list[Clock]:
        site = read_site(folder)
        calendars = {}
        for name, source in site.sources.items():
            # The clocks serve instants from the first ticket on; to be laid open date by date in good time.
            start = source.tickets["t1"].created_at
            calendars[name] = Calendar(source.schedules, source.holidays, start, start + 200 * DAY)
        found = self.connection.execute(
            "select clock_id, source_id, schedule_id from intermediate.int_clocks order by 1"
        ).fetchall()
        return [Clock(i, s, schedule, calendars[s], site.sources[s]) for i, s, schedule in found]

    def between(self, questions: Sequence[tuple[Clock, int, int]]) -> list[tuple[int, int]]:
        """For each (clock, since, until) open and uncovered microseconds; exactly one answer to each."""
        return [(opened, uncovered) for opened, uncovered in self._ask(self._between, questions)]

    def business_us(self, questions: Sequence[tuple[Clock, int, int]]) -> list[int | None]:
        """For each (clock, since, until) the open microseconds, None where a schedule is missing."""
        return [None if uncovered else opened for opened, uncovered in self.between(questions)]

    def after_open(self, questions: Sequence[tuple[Clock, int, int]]) -> list[int | None]:
        """For each (clock, since, amount) the instant after which more than the amount is open since then."""
        return [at for (at,) in self._ask(self._inverse, questions)]

    def _ask(self, query: str, questions: Sequence[tuple[Clock, int, int]]) -> list[tuple[Any, ...]]:
        import pyarrow as pa

        columns = list(zip(*((clock.clock_id, a, b) for clock, a, b in questions), strict=True))
        table = pa.table(
            {
                "question_no": pa.array(range(len(questions)), pa.int64()),
                "clock_id": pa.array(columns[0], pa.int32()),
                "since_us": pa.array(columns[1], pa.int64()),
                "until_us": pa.array(columns[2], pa.int64()),
            }
        )
        self.connection.register("questions", table)
        answers = self.connection.execute(f"select * from ({query}) order by 1").fetchall()
        assert [row[0] for row in answers] == list(range(len(questions))), "an instant in no piece, or in two"
        return [row[1:] for row in answers]


def compiled(data_dir: Path, template: str) -> str:
    """SQL of a template with the project's macros, compiled by dbt on the built warehouse."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest

    manifest = Manifest.from_msgpack(build._parsed())
    manifest.build_flat_graph()
    arguments = ["compile", "--inline", template, *build._locations(data_dir / "dbt")]
    with build._data_dir(data_dir):
        try:
            outcome = dbtRunner(manifest=manifest).invoke(arguments)
        finally:
            DuckDBConnectionManager.close_all_connections()
    assert outcome.success, outcome.exception
    (result,) = outcome.result.results
    return str(result.node.compiled_code)
