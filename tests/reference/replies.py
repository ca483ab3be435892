"""`fct_replies` (A47): every reply, who wrote it, and the requester message it answered.

Belongs here: one row per reply. Does not belong here: first-reply metrics of the ticket, SLA clocks.
"""

from __future__ import annotations

from typing import Any

from .business_time import TicketTime
from .intervals import total
from .life import Life, Step
from .lookups import Lookups

Row = dict[str, Any]


def activation(life: Life) -> tuple[int, int] | None:
    """When the first-reply clock is activated: (instant, position of the first step after it); None if
    never."""
    if life.ticket.submitter_role != "agent" and life.ticket.is_public:
        return life.created_at, 0
    for position, step in enumerate(life.steps):
        if step.is_requester_message:
            return step.at, position + 1
    return None


def first_reply(life: Life) -> Step | None:
    """The first reply after the activation in event order (A10)."""
    started = activation(life)
    if started is None:
        return None
    return next((step for step in life.steps[started[1] :] if step.is_reply), None)


def replies(life: Life, lookups: Lookups, time: TicketTime) -> list[Row]:
    """The ticket's replies in order, as rows of the mart without their key columns."""
    rows: list[Row] = []
    oldest_unanswered: int | None = None
    first = first_reply(life)
    for step in life.steps:
        if step.is_requester_message and oldest_unanswered is None:
            oldest_unanswered = step.at
        if not step.is_reply or step.event is None:
            continue
        tier, vendor = lookups.people(step.event.actor_id, life.state_at(step.at).group_id, step.at)
        waited = None if oldest_unanswered is None else [(oldest_unanswered, step.at)]
        waited = [i for i in waited if i[0] < i[1]] if waited is not None else None
        rows.append(
            {
                "event_id": step.event.event_id,
                "replied_at": step.at,
                "reply_no": len(rows) + 1,
                "agent_id": step.event.actor_id,
                "tier": tier,
                "vendor": vendor,
                "responds_to_at": oldest_unanswered,
                "reply_seconds_calendar": None if waited is None else total(waited),
                "reply_seconds_business": None if waited is None else time.seconds(waited),
                "is_first_reply": step is first,
                "macro_id": _macro(life, step),
            }
        )
        oldest_unanswered = None
    return rows


def _macro(life: Life, reply: Step) -> str | None:
    """The macro that the reply's actor applied at the same instant."""
    actor = reply.event.actor_id if reply.event else None
    if actor is None:
        return None
    for step in life.steps:
        if step.kind == "macro" and step.at == reply.at and step.event and step.event.actor_id == actor:
            return step.event.reference
    return None
