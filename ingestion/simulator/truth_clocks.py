"""Which SLA clocks ran: for each metric and ticket, from which row to which, and why they ended.

Belongs here: starts and ends of instances (SEMANTICS §3, A12-A15, A24). Does not belong here: targets and
elapsed time (`truth_sla.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingestion.simulator.policies import METRICS
from ingestion.simulator.truth_tickets import Messages
from ingestion.simulator.truth_timeline import FAR, Timeline, next_of

REASONS = ("fulfilled", "solved", "superseded", "merged", "deleted")
FULFILLED, SOLVED_END, SUPERSEDED, MERGED, DELETED = range(5)
RUNNING = -1


@dataclass
class Clocks:
    """Instances, ordered by ticket, metric and start; `first` and `last` are instants (FAR = still open)."""

    ticket: np.ndarray
    metric: np.ndarray
    instance: np.ndarray
    first: np.ndarray
    last: np.ndarray
    reason: np.ndarray


def find_clocks(line: Timeline, messages: Messages) -> Clocks:
    """All instances of all metrics of tickets that are not spam."""
    return _Finder(line, messages).run()


class _Finder:
    def __init__(self, line: Timeline, messages: Messages) -> None:
        self.line, self.messages = line, messages
        self._cut()
        acts = np.arange(line.rows) < self.cut_row[line.ticket]
        self.reply = messages.reply & acts
        self.solve = line.solves & ~line.born & acts
        self.requester = messages.requester & acts
        self.reopen = line.reopens & acts
        self.next_reply, self.next_solve = next_of(self.reply), next_of(self.solve)
        self.next_requester, self.next_reopen = next_of(self.requester), next_of(self.reopen)
        self.end_of = line.first_row[1:]
        self.parts: list[tuple[np.ndarray, ...]] = []

    def _cut(self) -> None:
        """First row of each ticket that acts on no clock any more: from the merge, or after the final
        delete."""
        line = self.line
        n = line.ticket_count
        self.cut_row, self.cut_reason = np.full(n, FAR), np.full(n, RUNNING)
        self.cut_instant = np.full(n, FAR)
        here = np.flatnonzero(line.exists)
        gone = here[line.deleted[line.first_row[here + 1] - 1]]
        begins = line.deleted.copy()
        begins[1:] &= ~line.deleted[:-1] | line.born[1:]
        last_begin = np.maximum.accumulate(np.where(begins, np.arange(line.rows), -1))
        row = last_begin[line.first_row[gone + 1] - 1]
        self.cut_row[gone], self.cut_reason[gone] = row + 1, DELETED
        self.cut_instant[gone] = line.instant_of[row]
        merged = np.flatnonzero(line.merge_row < FAR)
        instant = line.instant_of[line.merge_row[merged]]
        # a merge acts before everything else of its instant, but creation comes before all events
        begin = (
            np.where(
                instant == line.first_instant[merged], line.first_row[merged], line.instant_row[instant - 1]
            )
            + 1
        )
        sooner = begin < self.cut_row[merged]
        merged, begin, instant = merged[sooner], begin[sooner], instant[sooner]
        self.cut_row[merged], self.cut_reason[merged], self.cut_instant[merged] = begin, MERGED, instant

    def upcoming(self, table: np.ndarray, row: np.ndarray, ticket: np.ndarray) -> np.ndarray:
        """Next marked row at or after `row` within its ticket, FAR if none."""
        found = table[np.minimum(row, self.line.rows)]
        return np.where((row < FAR) & (found < self.end_of[ticket]), found, FAR)

    def add(self, metric: str, ticket: np.ndarray, start: np.ndarray, *, fulfilled: bool = True) -> None:
        """Instances starting at rows (FAR = none), ended by the next solve and, if so, by the next reply."""
        alive = (start < FAR) & (start < self.cut_row[ticket]) & ~self.line.spam[ticket]
        ticket, start = ticket[alive], start[alive]
        solve = self.upcoming(self.next_solve, start + 1, ticket)
        reply = self.upcoming(self.next_reply, start + 1, ticket) if fulfilled else np.full(len(start), FAR)
        end = np.minimum(solve, reply)
        reason = np.where(end == FAR, self.cut_reason[ticket], np.where(reply < solve, FULFILLED, SOLVED_END))
        line = self.line
        last = np.where(end == FAR, self.cut_instant[ticket], line.instant_of[np.minimum(end, line.rows - 1)])
        number = np.full(len(ticket), METRICS.index(metric))
        self.parts.append((ticket, number, start, line.instant_of[start], last, reason))

    def run(self) -> Clocks:
        line = self.line
        every = np.flatnonzero(line.exists)
        activation = np.where(self.messages.activation < self.cut_row, self.messages.activation, FAR)[every]
        self.add("first_reply", every, self._awake(every, activation))
        replied = self.upcoming(self.next_reply, activation + 1, every)
        over = np.minimum(replied, self.upcoming(self.next_solve, activation + 1, every))
        self._next_replies(over, every)
        rows = np.flatnonzero(self.reply)
        ticket = line.ticket[rows]
        unsolved = ~line.resolved[line.instant_row[line.instant_of[rows]]]
        for metric in ("periodic_update", "pausable_update"):
            self.add(metric, ticket[unsolved], rows[unsolved])
        starts = np.flatnonzero((line.born & ~line.resolved) | self.reopen)
        for metric in ("requester_wait", "agent_work", "total_resolution"):
            self.add(metric, line.ticket[starts], starts, fulfilled=False)
        return self._number()

    def _awake(self, ticket: np.ndarray, row: np.ndarray) -> np.ndarray:
        """When a start really happens: at once, or, on a resolved ticket, at its reopen unless a reply comes
        first (A12)."""
        asleep = (row < FAR) & self.line.resolved[np.minimum(row, self.line.rows - 1)]
        reopen = self.upcoming(self.next_reopen, row + 1, ticket)
        reply = self.upcoming(self.next_reply, row + 1, ticket)
        return np.where(asleep, np.where(reopen < reply, reopen, FAR), row)

    def _next_replies(self, over: np.ndarray, every: np.ndarray) -> None:
        """From each reply or solve on: the first requester message before the next of them (A12, A13)."""
        line = self.line
        first_over = np.full(line.ticket_count, FAR)
        first_over[every] = over
        rows = np.flatnonzero(self.reply | self.solve)
        rows = rows[rows >= first_over[line.ticket[rows]]]
        ticket = line.ticket[rows]
        until = np.minimum(
            self.upcoming(self.next_reply, rows + 1, ticket), self.upcoming(self.next_solve, rows + 1, ticket)
        )
        asked = self.upcoming(self.next_requester, rows + 1, ticket)
        start = self._awake(ticket, np.where(asked < until, asked, FAR))
        self.add("next_reply", ticket, np.where(start < until, start, FAR))

    def _number(self) -> Clocks:
        ticket, metric, start, first, last, reason = (
            np.concatenate(c) for c in zip(*self.parts, strict=True)
        )
        order = np.lexsort((start, metric, ticket))
        ticket, metric, first, last, reason = (c[order] for c in (ticket, metric, first, last, reason))
        new = np.ones(len(ticket), bool)
        new[1:] = (ticket[1:] != ticket[:-1]) | (metric[1:] != metric[:-1])
        begin = np.maximum.accumulate(np.where(new, np.arange(len(ticket)), 0))
        return Clocks(ticket, metric, np.arange(len(ticket)) - begin + 1, first, last, reason)
