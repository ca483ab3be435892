"""The whole of `fct_backlog_daily` (A46) by brute force: what is open when each day ends, and every move.

Belongs here: cells with their age band, inflow, outflow and minors' tickets from looking at each ticket just
after each moment at which anything about it may change. Does not belong here: what a cell is without age
(`backlog`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .backlog import Cell, cell_at
from .instants import DAY, instant_at, local_date, wall_time
from .life import Life
from .oracle import Oracle

AgedCell = tuple[Cell, int]  # with the number of the age band, from 0


@dataclass
class Count:
    """Tickets of one cell on one day."""

    opening: int = 0
    inflow: int = 0
    outflow: int = 0
    closing: int = 0
    minors: int = 0


def backlog(oracle: Oracle, limits: Sequence[int]) -> dict[tuple[date, AgedCell], Count]:
    """Every cell and day not empty all day; `limits` are the days at which a ticket changes its band."""
    zone = oracle.site.timezone or "UTC"
    as_of = oracle.site.as_of
    lives = [
        life
        for source in oracle.site.sources.values()
        for ticket_id in source.tickets
        if (life := oracle.life(source.name, ticket_id)) is not None
    ]
    found: dict[tuple[date, AgedCell], Count] = defaultdict(Count)
    if not lives:
        return {}
    for life in lives:
        before: AgedCell | None = None
        since = life.created_at
        touched: set[tuple[date, AgedCell]] = set()
        for at in _moments(oracle, life, limits):
            after = _aged_cell(oracle, life, at, limits)
            touched |= _days_in(zone, before, since, at)
            if after != before:
                day = local_date(zone, at)
                if before is not None:
                    found[day, before].outflow += 1
                if after is not None:
                    found[day, after].inflow += 1
            before, since = after, at
        touched |= _days_in(zone, before, since, as_of)
        if life.ticket.values.get("is_minor") in ("true", "1"):
            for key in touched:
                found[key].minors += 1
    day, last = local_date(zone, min(life.created_at for life in lives)), local_date(zone, as_of)
    closing: Counter[AgedCell] = Counter()
    while day <= last:
        for cell, count in closing.items():
            found[day, cell].opening = count
        end = min(instant_at(zone, wall_time(day + timedelta(days=1))) - 1, as_of)
        cells = (_aged_cell(oracle, life, end, limits) for life in lives)
        closing = Counter(cell for cell in cells if cell is not None)
        for cell, count in closing.items():
            found[day, cell].closing = count
        day += timedelta(days=1)
    return dict(found)


def _days_in(zone: str, cell: AgedCell | None, start: int, end: int) -> set[tuple[date, AgedCell]]:
    """The days on which a ticket that came at `start` and left at `end` was in the cell, the last too."""
    if cell is None:
        return set()
    first, last = local_date(zone, start), local_date(zone, end)
    return {(first + timedelta(days=number), cell) for number in range((last - first).days + 1)}


def _moments(oracle: Oracle, life: Life, limits: Sequence[int]) -> list[int]:
    """When anything about the ticket's cell may change, in order, up to as_of."""
    lookups = oracle.lookups[life.ticket.source_id]
    moments = {at for at, _ in life.instants} | {step.at for step in life.steps}
    for assignee in {state.assignee_id for _, state in life.instants}:
        moments |= lookups.roster_changes(assignee)
    moments |= {life.created_at + limit * DAY for limit in limits}
    return sorted(at for at in moments if life.created_at <= at <= life.as_of)


def _aged_cell(oracle: Oracle, life: Life, at: int, limits: Sequence[int]) -> AgedCell | None:
    cell = cell_at(oracle, life, at)
    age = at - life.created_at
    return None if cell is None else (cell, sum(age >= limit * DAY for limit in limits))
