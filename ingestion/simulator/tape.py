"""The tape on which lives are recorded: who did what to which ticket, in columns.

Belongs here: the current state of every ticket of a chunk, the next sequence number, the events so far.
Does not belong here: what happens next (`lives.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingestion.simulator.arrivals import Tickets
from ingestion.simulator.model import EVENT_TYPES, ROLES, STATE_FIELDS, Model
from ingestion.simulator.vocabulary import NULL

REQUESTER = -2
"""Actor code that stands for the requester of the event's ticket."""
COLUMNS = (
    "ticket",
    "at",
    "sequence",
    "type",
    "field",
    "old",
    "new",
    "actor",
    "role",
    "public",
    "reference",
    "body",
)
_TYPES = {"ticket": np.int32, "at": np.int64, "sequence": np.int16, "public": np.int8}


@dataclass
class Events:
    """Events of a chunk, in order; codes of the vocabulary, `public` 1/0/-1 (null), `body` a number of
    `Wording`."""

    ticket: np.ndarray
    at: np.ndarray
    sequence: np.ndarray
    type: np.ndarray
    field: np.ndarray
    old: np.ndarray
    new: np.ndarray
    actor: np.ndarray
    role: np.ndarray
    public: np.ndarray
    reference: np.ndarray
    """Code of a macro, or for a merge the target's position in the chunk (below NULL - 1: an unknown
    ticket)."""
    body: np.ndarray

    def __len__(self) -> int:
        return len(self.at)

    def take(self, where: np.ndarray) -> Events:
        """The events at positions, or of a mask."""
        return Events(*(getattr(self, name)[where] for name in COLUMNS))


class Tape:
    """State of all tickets, changed only together with the event that changes it."""

    def __init__(self, model: Model, tickets: Tickets) -> None:
        n = len(tickets)
        self.model, self.tickets = model, tickets
        self.now = tickets.created.copy()
        self.sequence = np.zeros(n, np.int16)
        words = model.vocabulary
        self.types = {name: words.code(name) for name in EVENT_TYPES}
        self.roles = {name: words.code(name) for name in ROLES}
        self.fields = {
            name: words.code(name) for name in (*STATE_FIELDS, "contact_reason", "tags", "sentiment")
        }
        self.state = {
            "status": np.full(n, words.code("new"), np.int32),
            "priority": np.full(n, NULL, np.int32),
            "line_of_business": tickets.line.astype(np.int32),
            "group_id": np.full(n, NULL, np.int32),
            "assignee_id": np.full(n, NULL, np.int32),
            "schedule_id": np.full(n, NULL, np.int32),
            "market": tickets.market.astype(np.int32),
            "language": tickets.language.astype(np.int32),
            "contact_reason": tickets.reason.astype(np.int32),
            "tags": np.full(n, NULL, np.int32),
            "sentiment": np.full(n, NULL, np.int32),
        }
        self._parts: dict[str, list[np.ndarray]] = {name: [] for name in COLUMNS}

    def advance(self, who: np.ndarray, to: np.ndarray) -> None:
        """Move the present of tickets to instants not before their last event."""
        later = to > self.now[who]
        self.sequence[who[later]] = 0
        self.now[who] = np.maximum(self.now[who], to)

    def emit(
        self,
        who: np.ndarray,
        kind: str,
        *,
        field: int = NULL,
        old: np.ndarray | int = NULL,
        new: np.ndarray | int = NULL,
        actor: np.ndarray | int = NULL,
        role: str | None = None,
        public: np.ndarray | int = NULL,
        reference: np.ndarray | int = NULL,
        body: np.ndarray | int = NULL,
    ) -> None:
        """Record one event for each of the tickets, now."""
        if not len(who):
            return
        values = {
            "ticket": who,
            "at": self.now[who],
            "sequence": self.sequence[who],
            "type": self.types[kind],
            "field": field,
            "old": old,
            "new": new,
            "actor": actor,
            "role": NULL if role is None else self.roles[role],
            "public": public,
            "reference": reference,
            "body": body,
        }
        for name, value in values.items():
            dtype = _TYPES.get(name, np.int32)
            part = np.full(len(who), value, dtype) if np.ndim(value) == 0 else np.asarray(value).astype(dtype)
            self._parts[name].append(part)
        self.sequence[who] += 1

    def change(
        self, who: np.ndarray, field: str, new: np.ndarray | int, actor: np.ndarray | int, role: str = "agent"
    ) -> None:
        """Change a field of tickets; where the value is the same already nothing is recorded."""
        state = self.state[field]
        new = np.full(len(who), new, np.int32) if np.ndim(new) == 0 else np.asarray(new)
        differs = state[who] != new
        if not differs.all():
            who, new = who[differs], new[differs]
            actor = actor if np.ndim(actor) == 0 else np.asarray(actor)[differs]
        self.emit(
            who, "field_change", field=self.fields[field], old=state[who], new=new, actor=actor, role=role
        )
        state[who] = new

    def cut(self) -> Events:
        """All events in order of (ticket, instant, sequence), as recorded."""
        joined = {name: np.concatenate(parts) for name, parts in self._parts.items()}
        self._parts = {name: [] for name in COLUMNS}
        # recording order breaks ties, so a stable sort on one packed key is enough
        span = joined["at"] - joined["at"].min()
        order = np.lexsort((joined["sequence"], span, joined["ticket"]))
        return Events(**{name: values[order] for name, values in joined.items()})
