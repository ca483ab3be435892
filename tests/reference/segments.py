"""`fct_ticket_segments`: the intervals in which nothing listed changed (A27), with tier and vendor (A28).

Belongs here: segment boundaries and the business time of a ticket by the schedules its segments had.
Does not belong here: SLA clocks.
"""

from __future__ import annotations

from typing import Any

from .business_time import TicketTime
from .intervals import total
from .life import Life, State
from .lookups import HORIZON, Lookups

Row = dict[str, Any]


def ticket_time(life: Life, lookups: Lookups) -> TicketTime:
    """Business time of a ticket over its whole life up to as_of."""
    pieces = []
    for start, end, state in life.pieces():
        pieces += lookups.calendar.resolve(start, end, state.schedule_id)
    return TicketTime(lookups.calendar, pieces)


def projected_time(life: Life, lookups: Lookups) -> TicketTime:
    """Business time after as_of with the ticket's schedule held as it is then (A22)."""
    pieces = lookups.calendar.resolve(life.as_of, life.as_of + HORIZON, life.final.schedule_id)
    return TicketTime(lookups.calendar, pieces)


def segments(life: Life, lookups: Lookups, time: TicketTime) -> list[Row]:
    """The ticket's segments in order, as rows of the mart without their key columns."""
    rows: list[Row] = []
    for at in _candidates(life, lookups):
        values = _listed(life.state_at(at), at, lookups)
        if rows and all(rows[-1][name] == value for name, value in values.items()):
            continue
        rows.append({"valid_from": at, **values})
    for number, row in enumerate(rows):
        row["segment_no"] = number + 1
        row["valid_to"] = rows[number + 1]["valid_from"] if number + 1 < len(rows) else None
        end = life.as_of if row["valid_to"] is None else row["valid_to"]
        measured = [(row["valid_from"], end)] if row["valid_from"] < end else []
        row["seconds_calendar"] = total(measured)
        row["seconds_business"] = time.seconds(measured)
    return rows


def _candidates(life: Life, lookups: Lookups) -> list[int]:
    """Every instant from creation to as_of at which a listed column might change."""
    found = {at for at, _ in life.instants}
    for _, state in life.instants:
        found |= lookups.roster_changes(state.assignee_id)
    found |= {start for start, _, _ in lookups.calendar.defaults}
    return sorted(at for at in found if life.created_at <= at <= life.as_of)


def _listed(state: State, at: int, lookups: Lookups) -> Row:
    tier, vendor = lookups.people(state.assignee_id, state.group_id, at)
    return {
        "status_category": state.category,
        "status": state.status,
        "priority": state.priority,
        "line_of_business": state.line_of_business,
        "group_id": state.group_id,
        "assignee_id": state.assignee_id,
        "tier": tier,
        "vendor": vendor,
        "schedule_id": lookups.calendar.at(at, state.schedule_id),
        "is_deleted": state.is_deleted,
    }
