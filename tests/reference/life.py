"""The life of one ticket: its events replayed one by one through a state machine.

Belongs here: order and instants (A1-A3), values before the first change (A2, A4), snapshot flags as events
(A5), solve and reopen (A6), which message is the creating one, a reply, a requester's (A8-A9), the state
after each instant. Does not belong here: durations, people, SLA clocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from .intervals import Interval
from .lookups import RESOLVED, Lookups
from .site_files import Event, Ticket

# Column of `tickets` -> attribute of the state. These follow history; all other columns are the snapshot's
# (A4).
HISTORY_FIELDS = (
    "status",
    "priority",
    "line_of_business",
    "group_id",
    "assignee_id",
    "schedule_id",
    "market",
    "language",
)


class State(NamedTuple):
    """What a ticket's history says at an instant."""

    status: str
    category: str
    priority: str | None
    line_of_business: str | None
    group_id: str | None
    assignee_id: str | None
    schedule_id: str | None
    market: str | None
    language: str | None
    is_deleted: bool

    @property
    def is_resolved(self) -> bool:
        return self.category in RESOLVED


@dataclass
class Step:
    """One event in its place, with the state on either side of it."""

    at: int
    kind: str  # the event_type; also for a snapshot flag that acts as an event
    event: Event | None
    before: State
    after: State
    is_reply: bool = False
    is_requester_message: bool = False  # public ones only

    @property
    def is_solve(self) -> bool:
        return not self.before.is_resolved and self.after.is_resolved

    @property
    def is_reopen(self) -> bool:
        return self.before.is_resolved and not self.after.is_resolved


@dataclass
class Life:
    """A replayed ticket. `instants` is the state after the last event of each instant, creation's first."""

    ticket: Ticket
    as_of: int
    initial: State
    steps: list[Step]
    instants: list[tuple[int, State]]
    creating_message: Event | None
    has_clock_skew: bool

    @property
    def created_at(self) -> int:
        return self.ticket.created_at

    @property
    def final(self) -> State:
        return self.instants[-1][1]

    def state_at(self, instant: int) -> State:
        """The state after every event with time <= instant (A1)."""
        return [state for at, state in self.instants if at <= instant][-1]

    def pieces(self) -> list[tuple[int, int, State]]:
        """[created_at, as_of) cut at the instants of the ticket."""
        ends = [at for at, _ in self.instants[1:]] + [self.as_of]
        return [(at, end, state) for (at, state), end in zip(self.instants, ends, strict=True)]

    def times(self, condition) -> list[Interval]:
        """When, between creation and as_of, the state fulfils a condition."""
        return [(start, end) for start, end, state in self.pieces() if start < end and condition(state)]

    def first(self, kind: str) -> Step | None:
        """The first step of a kind."""
        return next((step for step in self.steps if step.kind == kind), None)

    def merge_target(self) -> str | None:
        """What the ticket was merged into, if it was by as_of."""
        step = self.first("merge")
        if step is None:
            return None
        return (step.event.reference if step.event else None) or self.ticket.merged_into

    def final_delete(self) -> int | None:
        """Position in `steps` of the delete that began a deletion which still holds at as_of."""
        if not self.final.is_deleted:
            return None
        return max(
            i for i, step in enumerate(self.steps) if step.after.is_deleted and not step.before.is_deleted
        )


def replay(ticket: Ticket, history: list[Event], lookups: Lookups, as_of: int) -> Life | None:
    """Replay a ticket's sorted events up to as_of; None for a ticket that does not exist then (A2)."""
    if ticket.created_at > as_of:
        return None
    state = _initial_state(ticket, history, lookups)
    events = [e for e in history if e.at <= as_of]
    acts: list[tuple[int, str, Event | None]] = [(e.at, e.event_type, e) for e in events]
    acts += _flags_as_events(ticket, {e.event_type for e in events}, as_of)
    # A stable sort: inside an instant events keep their order, flags come last, but a merge acts first (A3,
    # A5).
    acts.sort(key=lambda act: (act[0], act[1] != "merge"))

    creating = _creating_message(ticket, events)
    life = Life(
        ticket=ticket,
        as_of=as_of,
        initial=state,
        steps=[],
        instants=[(ticket.created_at, state)],
        creating_message=creating,
        has_clock_skew=any(e.occurred_at < ticket.created_at for e in events),
    )
    for at, kind, event in acts:
        after = _apply(state, kind, event, at, lookups)
        step = Step(at, kind, event, state, after)
        if kind == "message" and event is not None and event.is_public:
            step.is_reply = event.actor_role == "agent" and event is not creating
            step.is_requester_message = event.actor_role == "requester"
        life.steps.append(step)
        if life.instants[-1][0] == at:
            life.instants.pop()
        life.instants.append((at, after))
        state = after
    return life


def _initial_state(ticket: Ticket, history: list[Event], lookups: Lookups) -> State:
    """The values at creation: the `old_value` of a field's first change, be it after as_of, else the
    snapshot's (A4)."""
    values: dict[str, Any] = {}
    for name in HISTORY_FIELDS:
        changes = [e for e in history if e.event_type == "field_change" and e.field == name]
        values[name] = changes[0].old_value if changes else ticket.values.get(name)
    status = values.pop("status") or "new"
    category = lookups.category(status, ticket.created_at)
    return State(status=status, category=category, is_deleted=False, **values)


def _flags_as_events(ticket: Ticket, kinds: set[str], as_of: int) -> list[tuple[int, str, Event | None]]:
    """Snapshot flags without an event of their kind act as one at `updated_at` (A5)."""
    at = max(ticket.updated_at, ticket.created_at)
    if at > as_of:
        return []
    flags: list[tuple[int, str, Event | None]] = []
    if ticket.is_deleted and not kinds & {"delete", "restore"}:
        flags.append((at, "delete", None))
    if ticket.is_spam and "spam" not in kinds:
        flags.append((at, "spam", None))
    if ticket.merged_into is not None and "merge" not in kinds:
        flags.append((at, "merge", None))
    return flags


def _creating_message(ticket: Ticket, events: list[Event]) -> Event | None:
    """The first message, if the submitter's role wrote it at creation (A8)."""
    first = next((e for e in events if e.event_type == "message"), None)
    if first and first.actor_role == ticket.submitter_role and first.at == ticket.created_at:
        return first
    return None


def _apply(state: State, kind: str, event: Event | None, at: int, lookups: Lookups) -> State:
    if kind == "delete":
        return state._replace(is_deleted=True)
    if kind == "restore":
        return state._replace(is_deleted=False)
    if kind != "field_change" or event is None or event.field not in HISTORY_FIELDS:
        return state
    if event.field == "status":
        status = event.new_value or "new"
        if status == state.status:  # repeating the status is no change and reads no map (A40)
            return state
        return state._replace(status=status, category=lookups.category(status, at))
    change: dict[str, Any] = {event.field: event.new_value}
    return state._replace(**change)
