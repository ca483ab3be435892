"""`fct_ticket_sla`: the rows of every clock, their versions, elapsed time, breach and status (A16-A26).

Belongs here: policy evaluation per instant, versions, numbers. Does not belong here: when a clock starts
(`sla_clocks`). Durations are microseconds; instants are microseconds since the epoch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .business_time import TicketTime
from .intervals import Interval, clip, intersect, total, used_up_at
from .life import Life, State
from .lookups import HORIZON, UNSOLVED, Lookups, Target
from .segments import projected_time
from .sla_clocks import Clock, Clocks

Row = dict[str, Any]
ALWAYS = (*UNSOLVED, "solved", "closed")
RUNS_IN = {
    "first_reply": ALWAYS,
    "next_reply": ALWAYS,
    "periodic_update": UNSOLVED,
    "pausable_update": ("new", "open", "on_hold"),
    "requester_wait": ("new", "open", "on_hold"),
    "agent_work": ("new", "open"),
    "total_resolution": UNSOLVED,
}


@dataclass
class Version:
    """One row to be: a target applied to a clock from `applied_at` until `ended_at` (None = open)."""

    target: Target
    applied_at: int
    ended_at: int | None = None
    end_reason: str | None = None


def runs(metric: str, state: State) -> bool:
    """Whether the metric's clock runs in a state (A23)."""
    return state.category in RUNS_IN[metric] and not state.is_deleted


def sla_rows(life: Life, lookups: Lookups, time: TicketTime) -> list[Row]:
    """All SLA rows of a ticket, without its key columns; none if it is spam at as_of (A24)."""
    if life.first("spam") is not None:
        return []
    policies = [(at, state, _policy(life, state, at, lookups)) for at, state in life.instants]
    projection = projected_time(life, lookups)
    rows = []
    for clock in Clocks(life).run():
        versions = _versions(clock, policies, lookups)
        for number, version in enumerate(versions):
            row: Row = {
                "metric": clock.metric,
                "instance_no": clock.instance_no,
                "version_no": number + 1,
                "policy_id": version.target.policy_id,
                "priority": version.target.priority,
                "target_seconds": version.target.target,
                "hours": version.target.hours,
                "activated_at": clock.activated_at,
                "applied_at": version.applied_at,
                "ended_at": version.ended_at,
                "end_reason": version.end_reason,
                "is_final": number + 1 == len(versions),
            }
            row |= _numbers(clock, version, life, time, projection)
            row |= _attributes(version, life, lookups)
            rows.append(row)
    return rows


def _policy(life: Life, state: State, at: int, lookups: Lookups) -> str | None:
    """The policy evaluated at an instant: channel and segment are the snapshot's, the rest the values then
    (A17)."""
    values = {
        "line_of_business": state.line_of_business,
        "channel": life.ticket.values.get("channel"),
        "market": state.market,
        "language": state.language,
        "requester_segment": life.ticket.values.get("requester_segment"),
        "group_id": state.group_id,
    }
    return lookups.policy(values, at)


def _versions(clock: Clock, policies: list[tuple[int, State, str | None]], lookups: Lookups) -> list[Version]:
    """The rows of a clock: a new one whenever an evaluation while it is open gives another target (A16,
    A18)."""
    versions: list[Version] = []
    current: Version | None = None
    for at, state, policy_id in policies:
        starts_here = at == clock.activated_at
        if at < clock.activated_at or (
            clock.ended_at is not None and at >= clock.ended_at and not starts_here
        ):
            continue
        target = lookups.target(policy_id, clock.metric, state.priority, at)
        if current is not None and current.target == target:
            continue
        if current is not None:
            current.ended_at, current.end_reason = at, "superseded"
        current = Version(target, at) if target is not None else None
        if current is not None:
            versions.append(current)
    if current is not None:
        current.ended_at, current.end_reason = clock.ended_at, clock.end_reason
    return versions


def _numbers(clock: Clock, version: Version, life: Life, time: TicketTime, projection: TicketTime) -> Row:
    """Elapsed, due, breach and status of one row (A20-A23, A25)."""
    target = version.target.target
    is_business = version.target.hours == "business"
    end = life.as_of if version.ended_at is None else version.ended_at
    running = clip(life.times(lambda state: runs(clock.metric, state)), clock.activated_at, end)
    gap = time.first_without_schedule(running) if is_business else None
    counted = intersect(clip(running, clock.activated_at, end if gap is None else gap), time.open)
    if not is_business:
        counted = running
    elapsed = total(counted)
    is_breached = elapsed > target
    breached_at = None
    if is_breached:
        passed = used_up_at(counted, target)
        assert passed is not None
        breached_at = max(version.applied_at, passed)
    row: Row = {
        "elapsed_seconds": None if gap is not None else elapsed,
        "is_breached": is_breached,
        "breached_at": breached_at,
        "due_at": breached_at,
    }
    if is_breached:
        row["status"] = "breached"
    elif version.ended_at is None:
        is_running = runs(clock.metric, life.final)
        row["status"] = "active" if is_running else "paused"
        if is_running and gap is None:
            row["due_at"] = _projected_due(target, counted, is_business, life.as_of, projection)
    elif version.end_reason in ("fulfilled", "solved") and gap is None:
        row["status"] = "met"
    else:
        row["status"] = "cancelled"
    return row


def _projected_due(
    target: int, counted: list[Interval], is_business: bool, as_of: int, projection: TicketTime
) -> int | None:
    """When the target will have been used up if everything stays as at as_of (A22); None if not within 366
    days.

    The row is unbreached, so what is left is not negative; even nothing left is passed only when the clock
    runs on.
    """
    ahead: list[Interval] = [(as_of, as_of + HORIZON)]
    left = target - total(counted)
    due = used_up_at(intersect(ahead, projection.open) if is_business else ahead, left)
    if due is None:
        return None
    gap = projection.first_without_schedule(ahead) if is_business else None
    return None if gap is not None and gap < due else due


def _attributes(version: Version, life: Life, lookups: Lookups) -> Row:
    """People and dimensions as at the row's end, just before it for a superseded row, else at as_of (A26)."""
    at = life.as_of if version.ended_at is None else version.ended_at
    if version.end_reason == "superseded":
        at -= 1  # the last microsecond before
    state = life.state_at(at)
    tier, vendor = lookups.people(state.assignee_id, state.group_id, at)
    return {
        "tier": tier,
        "vendor": vendor,
        "line_of_business": state.line_of_business,
        "market": state.market,
        "language": state.language,
        "assignee_id": state.assignee_id,
    }
