"""`fct_tickets`: one row of numbers per ticket.

Belongs here: counts, instants, flags and durations of a ticket (A6-A11, A29-A33, A36, A50).
Does not belong here: the replay itself, SLA clocks, merges between tickets (`merges`).
"""

from __future__ import annotations

from typing import Any

from .business_time import TicketTime
from .intervals import Interval, total
from .life import HISTORY_FIELDS, Life
from .lookups import RESOLVED, Lookups
from .replies import activation, first_reply

Row = dict[str, Any]

# Columns that are the snapshot's (A4). `requester_id` is pseudonymised and `subject` redacted on the way in,
# so they are not compared.
SNAPSHOT_TEXT = ("channel", "contact_reason", "requester_segment", "follow_up_of", "merged_into")


def ticket_row(
    life: Life, lookups: Lookups, time: TicketTime, segments: list[Row], has_follow_up: bool
) -> Row:
    """The ticket's row without its key columns and without `earliest_merged_created_at`."""
    row: Row = {name: life.ticket.values.get(name) for name in SNAPSHOT_TEXT}
    row |= {name: getattr(life.final, name) for name in HISTORY_FIELDS}
    row |= {
        "created_at": life.created_at,
        "updated_at": life.ticket.updated_at,
        "submitter_role": life.ticket.submitter_role,
        "is_public": life.ticket.is_public,
        "is_deleted": life.ticket.is_deleted,
        "is_spam": life.ticket.is_spam,
        "is_minor": {None: None, "true": True, "1": True, "false": False, "0": False}[
            life.ticket.values.get("is_minor")
        ],
        "status_category": life.final.category,
        "has_clock_skew": life.has_clock_skew,
        "exclusion_reason": _exclusion(life),
        "is_excluded": _exclusion(life) is not None,
    }
    row |= _messages(life) | _solves(life) | _people(life, lookups)
    row |= _flags(life, row, has_follow_up)
    row |= _durations(life, row, time) | _holders(life, row, segments)
    return row


def _exclusion(life: Life) -> str | None:
    if life.final.is_deleted:
        return "deleted"
    if life.first("spam") is not None:
        return "spam"
    return "merged" if life.first("merge") is not None else None


def _messages(life: Life) -> Row:
    counts = {
        "requester_message_count": 0,
        "agent_reply_count": 0,
        "bot_reply_count": 0,
        "internal_note_count": 0,
    }
    for step in life.steps:
        if step.kind != "message" or step.event is None or step.event.actor_role == "system":
            continue
        if not step.event.is_public:
            counts["internal_note_count"] += 1
        elif step.is_requester_message:
            counts["requester_message_count"] += 1
        elif step.is_reply:
            counts["agent_reply_count"] += 1
        elif step.event.actor_role == "bot" and step.event is not life.creating_message:
            counts["bot_reply_count"] += 1
    reply = first_reply(life)
    return {**counts, "first_replied_at": reply.at if reply else None}


def _solves(life: Life) -> Row:
    solves = [life.created_at] if life.initial.is_resolved else []
    solves += [step.at for step in life.steps if step.is_solve]
    closings = [life.created_at] if life.initial.category == "closed" else []
    closings += [
        step.at for step in life.steps if step.after.category == "closed" and step.before.category != "closed"
    ]
    return {
        "first_solved_at": solves[0] if solves else None,
        "last_solved_at": solves[-1] if solves else None,
        "closed_at": closings[-1] if life.final.category == "closed" else None,
        "solve_count": len(solves),
        "reopen_count": sum(1 for step in life.steps if step.is_reopen),
    }


def _people(life: Life, lookups: Lookups) -> Row:
    """Assignees and groups in event order, also those held for no time at all (A31)."""
    states = [(life.created_at, life.initial)] + [(step.at, step.after) for step in life.steps]
    handoffs = escalations = bounces = 0
    holder: str | None = None
    first_assigned_at = None
    for at, state in states:
        agent = state.assignee_id
        if agent is None or agent == holder:
            continue
        if holder is None:
            first_assigned_at = at
        else:
            handoffs += 1
            tiers = (_roster_tier(lookups, holder, at), _roster_tier(lookups, agent, at))
            escalations += tiers == ("T1", "T2")
            bounces += tiers == ("T2", "T1")
        holder = agent
    return {
        "first_assigned_at": first_assigned_at,
        "assignee_count": len({s.assignee_id for _, s in states} - {None}),
        "group_count": len({s.group_id for _, s in states} - {None}),
        "handoff_count": handoffs,
        "escalation_count": escalations,
        "bounce_count": bounces,
    }


def _roster_tier(lookups: Lookups, agent_id: str, at: int) -> str | None:
    version = lookups.roster(agent_id, at)
    return version.values.get("tier") if version else None


def _flags(life: Life, row: Row, has_follow_up: bool) -> Row:
    is_solved = life.final.is_resolved
    reply = first_reply(life)
    asked_again = False
    if reply is not None:
        after = life.steps[life.steps.index(reply) + 1 :]
        asked_again = any(step.is_requester_message for step in after)
    return {
        "is_unreplied": activation(life) is not None and reply is None,
        "is_one_touch": is_solved and row["agent_reply_count"] == 1 and row["reopen_count"] == 0,
        "is_zero_touch": is_solved and row["agent_reply_count"] == 0,
        "is_first_contact_resolution": is_solved
        and row["reopen_count"] == 0
        and reply is not None
        and not asked_again
        and not has_follow_up,
    }


def _durations(life: Life, row: Row, time: TicketTime) -> Row:
    """Every duration in calendar and in business time, in microseconds."""
    created = life.created_at
    started = activation(life)
    measured: dict[str, list[Interval] | None] = {
        "first_reply": _span(started[0] if started else None, row["first_replied_at"]),
        "first_resolution": _span(created, row["first_solved_at"]),
        "full_resolution": _span(created, row["last_solved_at"]) if life.final.is_resolved else None,
        "requester_wait": life.times(lambda s: s.category in ("new", "open", "on_hold")),
        "agent_work": life.times(lambda s: s.category in ("new", "open")),
        "pending": life.times(lambda s: s.category == "pending"),
        "on_hold": life.times(lambda s: s.category == "on_hold"),
        "unassigned": life.times(lambda s: not s.is_resolved and s.assignee_id is None),
        "age": None if life.final.is_resolved else _span(created, life.as_of),
    }
    found: Row = {"business_null_reason": None}
    for name, intervals in measured.items():
        found[f"{name}_seconds_calendar"] = None if intervals is None else total(intervals)
        found[f"{name}_seconds_business"] = None if intervals is None else time.seconds(intervals)
        if intervals is not None and found[f"{name}_seconds_business"] is None:
            found["business_null_reason"] = "no_schedule"
    return found


def _span(start: int | None, end: int | None) -> list[Interval] | None:
    """[start, end) as a set, empty when nothing lies between; None without an end."""
    if start is None or end is None:
        return None
    return [(start, end)] if start < end else []


def _holders(life: Life, row: Row, segments: list[Row]) -> Row:
    """Who held each instant from creation to as_of (unsolved) or the last solve (A29), in microseconds."""
    held = {"t1": 0, "t2": 0, "queue": 0, "requester_held": 0, "solved_gap": 0}
    measured_to = row["last_solved_at"] if life.final.is_resolved else life.as_of
    for segment in segments:
        end = measured_to if segment["valid_to"] is None else min(segment["valid_to"], measured_to)
        length = max(end - segment["valid_from"], 0)
        if segment["status_category"] in RESOLVED:
            held["solved_gap"] += length
        elif segment["status_category"] == "pending":
            held["requester_held"] += length
        elif segment["assignee_id"] is None:
            held["queue"] += length
        else:
            held["t2" if segment["tier"] == "T2" else "t1"] += length
    return {f"{name}_seconds_calendar": length for name, length in held.items()}
