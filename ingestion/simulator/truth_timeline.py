"""What every ticket was at every instant, worked out from its events in numpy.

Belongs here: order of events, state after each, instants, and the intervals between them (SEMANTICS A1-A6,
A27, A28, A35), as one long array over all tickets of a chunk.
Does not belong here: metrics (`truth_tickets.py`, `truth_sla.py`, …). Nothing here reads SQL or the
warehouse.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingestion.simulator.model import STATE_FIELDS
from ingestion.simulator.tape import Events
from ingestion.simulator.truth_lookups import SOLVED, Lookups
from ingestion.simulator.vocabulary import NULL

FAR = np.int64(1) << 60
"""A position or instant after all others."""


@dataclass
class Facts:
    """Tickets and events as delivered, all of one source; arrays of vocabulary codes, instants in
    microseconds."""

    created: np.ndarray
    updated: np.ndarray
    channel: np.ndarray
    segment: np.ndarray
    submitter: np.ndarray  # code of a role
    public: np.ndarray
    follow_up_of: np.ndarray  # positions
    merged_into: np.ndarray
    deleted: np.ndarray
    spam: np.ndarray
    state: dict[str, np.ndarray]  # snapshot values of STATE_FIELDS
    events: Events
    """`reference` of a merge is a position; order within the array breaks ties of equal (at, sequence)."""
    as_of: int


def last_of(marks: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """For each row the last marked row at or before it in its ticket, -1 if none; `starts` = first row of
    its ticket."""
    last = np.maximum.accumulate(np.where(marks, np.arange(len(marks)), -1))
    return np.where(last >= starts, last, -1)


def next_of(marks: np.ndarray) -> np.ndarray:
    """For each row, and one past the last, the first marked row at or after it (of any ticket), FAR if
    none."""
    rows = np.where(marks, np.arange(len(marks)), FAR)
    return np.append(np.minimum.accumulate(rows[::-1])[::-1], FAR)


class Timeline:
    """Rows: creation and every event of every ticket, in order. Instants: the last row of each distinct time
    of a ticket. Pieces: the intervals between instants, cut further where a roster or the default schedule
    changes."""

    def __init__(self, facts: Facts, look: Lookups) -> None:
        self.facts, self.look, self.as_of = facts, look, facts.as_of
        self._order()
        self._states()
        self._instants()
        self._pieces()

    def _order(self) -> None:
        facts, words = self.facts, self.look.words
        n = len(facts.created)
        events = facts.events
        kinds = {
            kind: words.get(kind)
            for kind in ("delete", "restore", "spam", "merge", "message", "macro", "field_change")
        }
        self.kinds = kinds
        # a flag without an event of its kind acts as one at updated_at, after the others of that instant (A5)
        extra = []
        for flag, own, name in (
            (facts.deleted, ("delete", "restore"), "delete"),
            (facts.spam, ("spam",), "spam"),
            (facts.merged_into != NULL, ("merge",), "merge"),
        ):
            has = np.zeros(n, bool)
            has[events.ticket[np.isin(events.type, [kinds[k] for k in own])]] = True
            extra.append((np.flatnonzero(flag & ~has), name))
        added = np.concatenate([who for who, _ in extra])
        self.ticket = np.concatenate([events.ticket, added]).astype(np.int64)
        original = np.concatenate([events.at, np.maximum(facts.updated[added], facts.created[added])])
        kind = np.concatenate([events.type, *(np.full(len(who), kinds[k], np.int32) for who, k in extra)])
        sequence = np.concatenate([events.sequence, np.full(len(added), np.iinfo(np.int64).max)])

        def column(values: np.ndarray, fill: np.ndarray | int = NULL) -> np.ndarray:
            return np.concatenate(
                [values, np.full(len(added), fill) if np.ndim(fill) == 0 else np.asarray(fill)]
            )

        order = np.lexsort((sequence, original, self.ticket))
        reference = column(events.reference, facts.merged_into[added])[order]
        self.ticket, original, kind = self.ticket[order], original[order], kind[order]
        field, old, new = column(events.field)[order], column(events.old)[order], column(events.new)[order]
        self._first_values(field, kind, old)
        self.skewed = np.zeros(n, bool)
        self.skewed[self.ticket[original < facts.created[self.ticket]]] = True
        at = np.maximum(original, facts.created[self.ticket])
        # what lies after as_of does not exist (A2)
        keep = (at <= facts.as_of) & (facts.created[self.ticket] <= facts.as_of)
        self.exists = facts.created <= facts.as_of
        tickets = np.flatnonzero(self.exists)
        self.ticket_count = n
        # creation is the first row of its ticket
        rows = np.concatenate([tickets, self.ticket[keep]])
        creation = np.concatenate([np.ones(len(tickets), bool), np.zeros(keep.sum(), bool)])
        placed = np.lexsort((~creation, rows))  # stable, so events keep their order
        source = np.concatenate([np.full(len(tickets), -1), np.flatnonzero(keep)])[placed]
        self.source = np.where(source >= 0, order[source], -1)  # position in facts.events (or beyond: a flag)
        self.ticket = rows[placed]
        self.at = np.where(source >= 0, at[source], facts.created[self.ticket])
        born = source < 0

        def spread(values: np.ndarray, fill: int = NULL) -> np.ndarray:
            return np.where(born, fill, values[source])

        self.type, self.field, self.new = spread(kind), spread(field), spread(new)
        self.reference = spread(reference)
        self.actor = spread(column(events.actor)[order])
        self.role = spread(column(events.role)[order])
        self.shown = spread(column(events.public)[order]) != 0
        self.born = born
        self.rows = len(born)
        counts = np.bincount(self.ticket, minlength=n)
        self.first_row = np.concatenate([[0], np.cumsum(counts)])
        self.start_of = self.first_row[self.ticket]

    def _first_values(self, field: np.ndarray, kind: np.ndarray, old: np.ndarray) -> None:
        """Value of each field at creation: old value of its first change, else the snapshot's (A2, A4)."""
        self.initial: dict[str, np.ndarray] = {}
        changes = kind == self.kinds["field_change"]
        for name in STATE_FIELDS:
            values = self.facts.state[name].astype(np.int32).copy()
            mine = np.flatnonzero(changes & (field == self.look.words.get(name)))[::-1]
            values[self.ticket[mine]] = old[mine]  # written from the last to the first, so the first stays
            self.initial[name] = values
        status = self.initial["status"]
        status[status == NULL] = self.look.words.code("new")

    def _states(self) -> None:
        """State after each row."""
        self.state: dict[str, np.ndarray] = {}
        changes = self.type == self.kinds["field_change"]
        for name in STATE_FIELDS:
            last = last_of(changes & (self.field == self.look.words.get(name)), self.start_of)
            self.state[name] = np.where(last >= 0, self.new[last], self.initial[name][self.ticket]).astype(
                np.int32
            )
        status = self.state["status"]
        turned = self.born.copy()
        turned[1:] |= (status[1:] != status[:-1]) & ~self.born[1:]
        where = np.flatnonzero(turned)
        category = np.zeros(self.rows, np.int8)
        category[where] = self.look.category(status[where], self.at[where])
        self.category = category[last_of(turned, self.start_of)]
        gone = self.type == self.kinds["delete"]
        last = last_of(gone | (self.type == self.kinds["restore"]), self.start_of)
        self.deleted = (last >= 0) & gone[last]
        self.resolved = self.category >= SOLVED
        before = np.concatenate([[False], self.resolved[:-1]]) & ~self.born
        self.solves = self.resolved & ~before
        self.reopens = ~self.resolved & before
        self.spam = np.zeros(self.ticket_count, bool)
        self.spam[self.ticket[self.type == self.kinds["spam"]]] = True
        merges = np.flatnonzero(self.type == self.kinds["merge"])[::-1]
        self.merge_row = np.full(self.ticket_count, FAR)
        self.merge_row[self.ticket[merges]] = merges

    def _instants(self) -> None:
        ends = np.ones(self.rows, bool)
        ends[:-1] = (self.ticket[1:] != self.ticket[:-1]) | (self.at[1:] != self.at[:-1])
        self.instant_row = np.flatnonzero(ends)  # state of an instant: that of its last row
        self.instant_of = np.cumsum(ends) - ends  # per row
        self.instant_ticket = self.ticket[self.instant_row]
        self.instant_at = self.at[self.instant_row]
        self.first_instant = np.searchsorted(self.instant_ticket, np.arange(self.ticket_count + 1))

    def _pieces(self) -> None:
        look = self.look
        ticket, start = self.instant_ticket, self.instant_at
        last = np.ones(len(ticket), bool)
        last[:-1] = ticket[1:] != ticket[:-1]
        end = np.where(last, self.as_of, np.append(start[1:], 0))
        # cuts lie strictly inside; the last interval is open, so a cut may fall on as_of itself (A27)
        inside = np.where(last, end, end - 1)
        agent = look.agent_number[self.state["assignee_id"][self.instant_row]]
        no_schedule = self.state["schedule_id"][self.instant_row] == NULL
        low, high = look.roster.piece(agent, start), look.roster.piece(agent, np.maximum(inside, start))
        owner = np.repeat(np.arange(len(ticket)), high - low)
        offset = np.arange(len(owner)) - np.repeat(np.cumsum(high - low) - (high - low), high - low)
        cut_at = [look.roster.start(low[owner] + 1 + offset)]
        owners = [owner]
        for changed in look.default_from[1:]:
            hit = np.flatnonzero(no_schedule & (start < changed) & (changed <= inside))
            owners.append(hit)
            cut_at.append(np.full(len(hit), changed))
        cuts = np.unique(np.stack([np.concatenate(owners), np.concatenate(cut_at)]), axis=1)
        owner, cut = cuts[0], cuts[1]
        self.piece_instant = np.insert(np.arange(len(ticket)), owner + 1, owner)
        self.piece_at = np.insert(start, owner + 1, cut)
        self.piece_row = self.instant_row[self.piece_instant]
        self.piece_ticket = ticket[self.piece_instant]
        self.piece_of = np.searchsorted(self.piece_instant, np.arange(len(ticket)))  # per instant
        closing = np.ones(len(self.piece_at), bool)
        closing[:-1] = self.piece_ticket[1:] != self.piece_ticket[:-1]
        self.piece_last = closing
        self.piece_end = np.where(closing, self.as_of, np.append(self.piece_at[1:], 0))
        self.first_piece = np.searchsorted(self.piece_ticket, np.arange(self.ticket_count + 1))
        assignee = self.state["assignee_id"][self.piece_row]
        self.tier, self.vendor = look.tier_vendor(
            assignee, self.state["group_id"][self.piece_row], self.piece_at
        )
        own = self.state["schedule_id"][self.piece_row]
        self.schedule = np.where(own == NULL, look.default_at(self.piece_at), own)
        self.schedule_number = look.schedule_number[own]
        clock = look.clock
        self.calendar = self.piece_end - self.piece_at
        self.business = clock.opened(self.schedule_number, self.piece_end) - clock.opened(
            self.schedule_number, self.piece_at
        )
        self.missing = clock.missing(self.schedule_number, self.piece_end) - clock.missing(
            self.schedule_number, self.piece_at
        )
        self.piece_category = self.category[self.piece_row]

    def piece_of_row(self, row: np.ndarray) -> np.ndarray:
        """The piece that begins at the instant of a row."""
        return self.piece_of[self.instant_of[row]]


def running(values: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
    """Sums of all values before each position (one longer), counting only those of the mask."""
    return np.concatenate([[0], np.cumsum(values if mask is None else np.where(mask, values, 0))])
