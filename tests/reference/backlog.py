"""Closing counts of `fct_backlog_daily` (A46) by brute force: every day, every ticket. For small sites.

Belongs here: how many tickets are open at the end of each day in the site's zone, by cell, without the age
band (whose limits are the warehouse's own). Does not belong here: inflow and outflow, which are the
difference of closings plus whatever enters and leaves within a day.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from .instants import instant_at, local_date, wall_time
from .life import Life
from .oracle import Oracle

# source, LOB, channel, tier, vendor, priority, status category
Cell = tuple[str, str | None, str | None, str | None, str | None, str | None, str]


def closing_counts(oracle: Oracle) -> dict[date, Counter[Cell]]:
    """Open tickets at the end of every day from the first creation to as_of.

    A day's end is just before the next local midnight; the last day ends at as_of.
    """
    site = oracle.site
    zone = site.timezone or "UTC"
    lives = [
        life
        for source in site.sources.values()
        for ticket_id in source.tickets
        if (life := oracle.life(source.name, ticket_id)) is not None
    ]
    counts: dict[date, Counter[Cell]] = {}
    if not lives:
        return counts
    day = local_date(zone, min(life.created_at for life in lives))
    last = local_date(zone, site.as_of)
    while day <= last:
        end = min(instant_at(zone, wall_time(day + timedelta(days=1))) - 1, site.as_of)
        counts[day] = Counter(cell for life in lives if (cell := cell_at(oracle, life, end)) is not None)
        day += timedelta(days=1)
    return counts


def cell_at(oracle: Oracle, life: Life, at: int) -> Cell | None:
    """The cell, without age band, the ticket is open in at an instant; None if it is not open then."""
    if at < life.created_at:
        return None
    state = life.state_at(at)
    gone = any(step.kind in ("merge", "spam") and step.at <= at for step in life.steps)
    if state.is_resolved or state.is_deleted or gone:
        return None
    source_id = life.ticket.source_id
    tier, vendor = oracle.lookups[source_id].people(state.assignee_id, state.group_id, at)
    channel = life.ticket.values.get("channel")
    return source_id, state.line_of_business, channel, tier, vendor, state.priority, state.category
