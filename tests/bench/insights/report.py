"""What `make bench-insights` prints.

Belongs here: tables and lines. Does not belong here: any of the numbers' working out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median

from rich.console import Console
from rich.table import Table

from tests.bench.insights import themes as new_matters
from tests.bench.insights.fixes import Measured
from tests.bench.insights.score import PLANTED_IN, Found, Score, can_be_seen, is_large


def detection(console: Console, result: Score) -> None:
    """Incidents found and missed by kind, and every insight that is none."""
    table = Table(title="Incidents of 30 % or more over at least 200 contacts", title_justify="left")
    for name in ("kind", "planted", "found", "median days", "smaller ones", "of these found"):
        table.add_column(name, justify="left" if name == "kind" else "right")
    for kind in (*PLANTED_IN, "all"):
        table.add_row(kind, *_row([f for f in result.found if kind in (f.incident.kind, "all")]))
    console.print(table)
    for f in result.found:
        if is_large(f.incident) and f.days is None:
            i = f.incident
            _line(
                console,
                f"missed: {i.run} {i.kind} {i.contact_reason} from {i.starts_on}, {i.contacts} contacts",
            )
    unseen = sum(not can_be_seen(f.incident) for f in result.found)
    _line(
        console, f"{unseen} overturns were planted on reasons without appeals and change nothing: not counted"
    )
    for name, insights in (("false", result.false), ("without incidents", result.control)):
        for x in insights:
            when = f"{x.detected_at:%Y-%m-%d}"
            _line(console, f"{name}: {x.run} {x.kind} {x.driver} {when}, q = {x.q_value:.4f}")
    raised = Counter((f.incident.kind, f.insights[0].kind) for f in result.found if f.insights)
    pairs = ", ".join(f"{planted} as {kind} {n}" for (planted, kind), n in sorted(raised.items()))
    _line(console, f"planted kind and kind it was raised as: {pairs}")
    _line(console, f"{len(result.true)} true insights, {len(result.false)} false")


def _row(found: Sequence[Found]) -> list[str]:
    large = [f for f in found if is_large(f.incident)]
    small = [f for f in found if not is_large(f.incident) and can_be_seen(f.incident)]
    days = [f.days for f in large if f.days is not None]
    return [
        str(len(large)),
        str(len(days)),
        f"{median(days):.1f}" if days else "-",
        str(len(small)),
        str(sum(f.days is not None for f in small)),
    ]


def effects(console: Console, measured: Sequence[Measured]) -> None:
    """Intervals against true effects, by weeks after the fix."""
    table = Table(title="Planted fixes", title_justify="left")
    for name in (
        "weeks after", "fixes", "interval covers", "seen as improved",
        "without fix", "seen as improved", "CSAT unmoved", "interval covers",
    ):  # fmt: skip
        table.add_column(name, justify="right")
    for weeks in sorted({m.after_weeks for m in measured}):
        contacts = [m for m in measured if m.after_weeks == weeks and m.measure == "contacts"]
        real, none = [m for m in contacts if m.fix.cut > 0], [m for m in contacts if m.fix.cut == 0]
        csat = [m for m in measured if m.after_weeks == weeks and m.measure == "csat"]
        numbers = (
            weeks,
            len(real),
            sum(m.covers(m.fix.effect) for m in real),
            sum(m.result == "improved" for m in real),
            len(none),
            sum(m.result == "improved" for m in none),
            len(csat),
            sum(m.covers(0.0) for m in csat),
        )
        table.add_row(*(str(number) for number in numbers))
    console.print(table)


def themes(console: Console, result: new_matters.Score) -> None:
    """New matters in texts found and missed by size, and every emerging insight that is none."""
    table = Table(title="New matters in texts", title_justify="left")
    for name in ("texts a week", "planted", "found", "median days", "insights about them"):
        table.add_column(name, justify="right")
    for low, high in (new_matters.LARGE, new_matters.SMALL):
        found = [f for f in result.found if low <= f.planted.texts_a_week <= high]
        days = [f.days for f in found if f.days is not None]
        table.add_row(
            f"{low}-{high}",
            str(len(found)),
            str(len(days)),
            f"{median(days):.1f}" if days else "-",
            str(sum(len(f.insights) for f in found)),
        )
    console.print(table)
    for f in result.found:
        if f.days is None:
            p = f.planted
            _line(console, f"missed: {p.run} {p.matter} from {p.starts_on}, {p.texts_a_week} texts a week")
    for name, insights in (("false", result.false), ("without a new matter", result.control)):
        for x in insights:
            when = f"{x.detected_at:%Y-%m-%d}"
            _line(console, f"{name}: {x.run} {x.theme} {when}, {x.planted_share:.0%} of its texts planted")
    _line(console, f"{len(result.true)} true emerging insights, {len(result.false)} false")


def limits(console: Console, kept: Mapping[str, tuple[float, bool]]) -> None:
    """Each number that has a limit, and whether it is kept."""
    for name, (value, good) in kept.items():
        _line(console, f"{name}: {value:.3f} {'kept' if good else 'NOT KEPT'}")


def _line(console: Console, text: str) -> None:
    console.print(text, highlight=False, markup=False)
