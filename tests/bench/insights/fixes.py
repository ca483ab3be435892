"""Coverage of the intervals of measured effects on planted fixes.

Belongs here: runs with one planted fix, telling the effect models about them, and their true effect. Does not
belong here: the models. A fix needs arrivals only, so a hundred runs cost what two whole ones do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from ingestion.simulator import world
from ingestion.simulator.incidents import FIX
from tests.bench.insights.runs import WEEKS, Incident, Say, week_number
from tests.dbt_project import build

WEEKS_BEFORE = 8
MODELS = ("int_insight_effect_weeks", "int_insight_effects")
PLACEBO = ("account_access", "cannot_log_in")


@dataclass(frozen=True)
class Fix:
    """A fix of a run, or its absence (cut 0), with the week it was shipped in."""

    run: str
    line_of_business: str
    contact_reason: str
    week: int
    cut: float

    @property
    def effect(self) -> float:
        """True relative change against the other drivers. Contacts that are gone are about something else
        now, so the others rise: (1 - cut) / (1 + cut x s / (1 - s)) - 1,
        s the driver's share of all contacts."""
        share = next(
            line_share * part
            for _, (_, _, line_share, _, reasons) in world.LINES.items()
            for reason, part in reasons.items()
            if reason == self.contact_reason
        )
        return (1 - self.cut) / (1 + self.cut * share / (1 - share)) - 1


@dataclass(frozen=True)
class Measured:
    """What int_insight_effects says of a fix so many weeks after it."""

    fix: Fix
    after_weeks: int
    measure: str
    effect_lower: float
    effect_upper: float
    result: str

    def covers(self, effect: float) -> bool:
        """Whether the interval holds an effect."""
        return self.effect_lower <= effect <= self.effect_upper


def planted_fixes(planted: Sequence[Incident]) -> list[Fix]:
    """The fixes among the planted incidents."""
    return [
        Fix(i.run, i.line_of_business, i.contact_reason, i.first_week, i.lift)
        for i in planted
        if i.kind == FIX
    ]


def placebos(seeds: Sequence[int], week: int) -> list[Fix]:
    """Shipments in the control runs that change nothing."""
    return [Fix(f"control_{seed}", *PLACEBO, week, 0.0) for seed in seeds]


def add_arrivals(data_dir: Path, seeds: Sequence[int], tickets: int, say: Say) -> list[Fix]:
    """Draw contacts of runs with a fix and nothing else into int_driver_levels; return the fixes."""
    found: list[Fix] = []
    for seed in seeds:
        fix, counts, first_week = _arrivals(seed, tickets)
        found.append(fix)
        rows = [
            (fix.run, line, reason, first_week + week, int(count))
            for (line, reason), weeks in counts.items()
            for week, count in enumerate(weeks)
        ]
        with duckdb.connect(str(data_dir / "warehouse.duckdb")) as connection:
            connection.execute("create temp table drawn (run text, line text, reason text, week int, n int)")
            connection.executemany("insert into drawn values (?, ?, ?, ?, ?)", rows)
            connection.execute(
                "insert into intermediate.int_driver_levels by name select 'reason' as driver_level,"
                " md5(run || line || reason) as series_key, run as source_id, line as line_of_business,"
                " reason as contact_reason, week as week_no, true as is_complete_week,"
                " n as contact_count from drawn"
            )
    say(f"drew the contacts of {len(seeds)} more runs with a fix")
    return found


def _arrivals(seed: int, tickets: int) -> tuple[Fix, dict[tuple[str, str], np.ndarray], int]:
    from datetime import UTC, datetime

    from ingestion.simulator.arrivals import Arrivals
    from ingestion.simulator.model import Plan, build_model
    from ingestion.simulator.steps import DAY, SECOND

    model = build_model(Plan(tickets=tickets, seed=seed, weeks=WEEKS))
    model.incidents[:] = [incident for incident in model.incidents if incident.kind == FIX]
    (planted,) = model.incidents
    drivers = [(line, reason) for line, (*_, reasons) in world.LINES.items() for reason in reasons]
    place = np.full(len(model.vocabulary), -1)
    place[model.vocabulary.codes([reason for _, reason in drivers])] = np.arange(len(drivers))
    counts = np.zeros((len(drivers), WEEKS), np.int64)
    arrivals = Arrivals(model)
    for chunk in range(model.plan.chunks):
        drawn = arrivals.draw(chunk)
        week = (drawn.created - model.start) // (7 * DAY)
        there = (week >= 0) & (week < WEEKS) & (place[drawn.reason] >= 0)
        np.add.at(counts, (place[drawn.reason[there]], week[there]), 1)
    first_week = week_number(datetime.fromtimestamp(model.start // SECOND, UTC).date())
    shipped = first_week + (planted.starts_at - model.start) // (7 * DAY)
    fix = Fix(f"fix_{seed}", planted.line_of_business, planted.contact_reason, int(shipped), planted.lift)
    return fix, dict(zip(drivers, counts, strict=True)), first_week


def measure(site: Path, data_dir: Path, fixes: Sequence[Fix]) -> list[Measured]:
    """Have the effect models judge the fixes as shipments; return the rows that have enough data.

    The table of shipments is replaced, since nobody raised an insight about a driver that was quietly mended.
    """
    rows = [(f.run, f.line_of_business, f.contact_reason, f.week, f.week - WEEKS_BEFORE) for f in fixes]
    with duckdb.connect(str(data_dir / "warehouse.duckdb")) as connection:
        connection.execute("delete from intermediate.int_insight_shipments")
        connection.executemany(
            "insert into intermediate.int_insight_shipments (shipment_key, insight_key, report_no,"
            " source_id, measure, scope_level, line_of_business, contact_reason, shipped_us, shipped_week_no,"
            " before_from_week_no)"
            " select run, run, 1, run, 'contacts', 'reason', line, reason, 0, week, before"
            " from (values (?, ?, ?, ?, ?)) as planted (run, line, reason, week, before)",
            rows,
        )
    build.build(site, data_dir, select=MODELS, data_tests=False, exclude=())
    by_run = {fix.run: fix for fix in fixes}
    found = build.rows(
        data_dir,
        "select shipment_key, after_weeks, measure, effect_lower, effect_upper, result"
        " from intermediate.int_insight_effects where has_enough order by all",
    )
    return [Measured(by_run[row.pop("shipment_key")], **row) for row in found]


def coverage(measured: Sequence[Measured]) -> dict[int, float]:
    """Share of the planted fixes whose interval holds the true effect on contacts, by weeks after."""
    shares: dict[int, float] = {}
    for weeks in sorted({m.after_weeks for m in measured}):
        real = [m for m in measured if m.after_weeks == weeks and m.measure == "contacts" and m.fix.cut > 0]
        if real:
            shares[weeks] = sum(m.covers(m.fix.effect) for m in real) / len(real)
    return shares
