"""True values of `fct_tickets`.

Belongs here: instants, counts, flags, durations and the holder split of each ticket (SEMANTICS §2, A6-A11,
A29-A36).
Does not belong here: SLA rows (`truth_sla.py`). Durations are microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ingestion.simulator.truth_lookups import CLOSED, ON_HOLD, PENDING, SOLVED
from ingestion.simulator.truth_timeline import FAR, Timeline, next_of, running
from ingestion.simulator.vocabulary import NULL


@dataclass
class TicketTruth:
    """Columns by name over the tickets that exist (`ticket` = positions); a value with `missing` true is
    null."""

    ticket: np.ndarray
    instants: dict[str, np.ndarray] = field(default_factory=dict)  # FAR = null
    counts: dict[str, np.ndarray] = field(default_factory=dict)
    flags: dict[str, np.ndarray] = field(default_factory=dict)
    durations: dict[str, tuple[np.ndarray, np.ndarray]] = field(
        default_factory=dict
    )  # (microseconds, missing)
    state: dict[str, np.ndarray] = field(default_factory=dict)
    no_schedule: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))
    """Whether some business value is null for want of a schedule."""


class Messages:
    """Which rows are requester messages, replies and so on, and where the first-reply clock starts and
    ends."""

    def __init__(self, line: Timeline) -> None:
        words, facts = line.look.words, line.facts
        requester, agent, bot, system = (words.get(r) for r in ("requester", "agent", "bot", "system"))
        message = line.type == line.kinds["message"]
        role = np.where(line.role == NULL, system, line.role)
        submitter = facts.submitter
        first = next_of(message)[line.first_row[:-1]]
        known = first < line.first_row[1:]
        first = np.where(known, first, 0)
        creates = known & (role[first] == submitter) & (line.at[first] == facts.created)
        creating = np.zeros(line.rows, bool)
        creating[first[creates]] = True
        self.requester = message & line.shown & (role == requester)
        self.reply = message & line.shown & (role == agent) & ~creating
        self.bot = message & line.shown & (role == bot) & ~creating
        self.note = message & ~line.shown & (role != system)  # system messages are in no count (A9)
        self.next_reply = next_of(self.reply)
        self.next_requester = next_of(self.requester)
        end = line.first_row[1:]
        at_creation = (submitter != agent) & facts.public
        asked = self.next_requester[line.first_row[:-1]]
        asked = np.where(asked < end, asked, FAR)
        # row at which the first-reply clock is activated, FAR = never
        self.activation = np.where(at_creation, line.first_row[:-1], asked)
        after = self.next_reply[np.minimum(self.activation + 1, line.rows)]
        self.first_reply = np.where((self.activation < FAR) & (after < end), after, FAR)


def ticket_truth(line: Timeline, messages: Messages) -> TicketTruth:
    """Work out every ticket."""
    here = np.flatnonzero(line.exists)
    truth = TicketTruth(here)
    first, end = line.first_row[here], line.first_row[here + 1]
    last = end - 1

    def first_of(marks: np.ndarray) -> np.ndarray:
        row = next_of(marks)[first]
        return np.where(row < end, row, FAR)

    def last_of_ticket(marks: np.ndarray) -> np.ndarray:
        row = np.maximum.accumulate(np.where(marks, np.arange(line.rows), -1))[last]
        return np.where(row >= first, row, FAR)

    def instant(row: np.ndarray) -> np.ndarray:
        return np.where(row < FAR, line.at[np.minimum(row, line.rows - 1)], FAR)

    def count(marks: np.ndarray) -> np.ndarray:
        return np.bincount(line.ticket[marks], minlength=line.ticket_count)[here]

    resolved = line.resolved[last]
    first_solve, last_solve = first_of(line.solves), last_of_ticket(line.solves)
    closed = line.category == CLOSED
    enters = closed.copy()
    enters[1:] &= ~closed[:-1] | line.born[1:]
    reply, activation = messages.first_reply[here], messages.activation[here]
    truth.instants = {
        "created_at": line.facts.created[here],
        "first_replied_at": instant(reply),
        "first_solved_at": instant(first_solve),
        "last_solved_at": instant(last_solve),
        "closed_at": np.where(closed[last], instant(last_of_ticket(enters)), FAR),
        "first_assigned_at": instant(first_of(line.state["assignee_id"] != NULL)),
        "earliest_merged_created_at": _earliest_merged(line)[here],
    }
    truth.counts = {
        "requester_message_count": count(messages.requester),
        "agent_reply_count": count(messages.reply),
        "bot_reply_count": count(messages.bot),
        "internal_note_count": count(messages.note),
        "reopen_count": count(line.reopens),
        "solve_count": count(line.solves),
        "assignee_count": _distinct(line, "assignee_id")[here],
        "group_count": _distinct(line, "group_id")[here],
        **{name: values[here] for name, values in _handoffs(line).items()},
    }
    followed = np.zeros(line.ticket_count, bool)
    links = line.facts.follow_up_of[here]
    followed[links[links >= 0]] = True
    asks_again = messages.next_requester[np.minimum(reply + 1, line.rows)] < end
    replies, reopens = truth.counts["agent_reply_count"], truth.counts["reopen_count"]
    deleted, spam = line.deleted[last], line.spam[here]
    merged = line.merge_row[here] < FAR
    truth.flags = {
        "is_unreplied": (activation < FAR) & (reply == FAR),
        "is_one_touch": resolved & (replies == 1) & (reopens == 0),
        "is_zero_touch": resolved & (replies == 0),
        "is_first_contact_resolution": (
            resolved & (reopens == 0) & (reply < FAR) & ~asks_again & ~followed[here]
        ),
        "has_clock_skew": line.skewed[here],
        "is_deleted": deleted,
        "is_spam": spam,
        "is_merged": merged,
        "is_excluded": deleted | spam | merged,
    }
    truth.state = {name: values[last] for name, values in line.state.items()}
    truth.state["status_category"] = line.category[last]
    _durations(line, truth, activation, reply, first_solve, last_solve, resolved)
    return truth


def _durations(
    line: Timeline,
    truth: TicketTruth,
    activation: np.ndarray,
    reply: np.ndarray,
    first_solve: np.ndarray,
    last_solve: np.ndarray,
    resolved: np.ndarray,
) -> None:
    here = truth.ticket
    category, begin, end = line.piece_category, line.first_piece[here], line.first_piece[here + 1]
    nothing = np.zeros(len(here), bool)
    no_schedule = np.zeros(len(here), bool)

    def between(
        name: str,
        start: np.ndarray,
        stop: np.ndarray,
        null: np.ndarray,
        mask: np.ndarray | None = None,
        *,
        business: bool = True,
    ) -> None:
        """Time from piece `start` up to piece `stop`, of the pieces in the mask."""
        start, stop = np.where(null, 0, start), np.where(null, 0, stop)

        def total(values: np.ndarray) -> np.ndarray:
            sums = running(values, mask)
            return sums[stop] - sums[start]

        truth.durations[f"{name}_seconds_calendar"] = (total(line.calendar), null)
        if business:
            lacking = total(line.missing) > 0
            no_schedule[:] |= lacking
            truth.durations[f"{name}_seconds_business"] = (total(line.business), null | lacking)

    def piece(row: np.ndarray) -> np.ndarray:
        return np.where(row < FAR, line.piece_of_row(np.minimum(row, line.rows - 1)), 0)

    between("first_reply", piece(activation), piece(reply), reply == FAR)
    between("first_resolution", begin, piece(first_solve), first_solve == FAR)
    between("full_resolution", begin, piece(last_solve), ~resolved)
    unsolved = category < SOLVED
    assigned = line.state["assignee_id"][line.piece_row] != NULL
    between("requester_wait", begin, end, nothing, (category <= ON_HOLD) & (category != PENDING))
    between("agent_work", begin, end, nothing, category <= 1)
    between("pending", begin, end, nothing, category == PENDING)
    between("on_hold", begin, end, nothing, category == ON_HOLD)
    between("unassigned", begin, end, nothing, unsolved & ~assigned)
    works = unsolved & (category != PENDING)
    specialist = line.tier == line.look.t2
    between("t1", begin, end, nothing, works & assigned & ~specialist, business=False)
    between("t2", begin, end, nothing, works & assigned & specialist, business=False)
    between("queue", begin, end, nothing, works & ~assigned, business=False)
    between("requester_held", begin, end, nothing, category == PENDING, business=False)
    # the gap of a ticket solved for good ends at its last solve; of an open one it is all resolved time
    between(
        "solved_gap", begin, np.where(resolved, piece(last_solve), end), nothing, ~unsolved, business=False
    )
    between("age", begin, end, resolved)
    truth.no_schedule = no_schedule


def _distinct(line: Timeline, name: str) -> np.ndarray:
    """Distinct non-null values each ticket ever had, also for no time at all."""
    values = line.state[name]
    known = values != NULL
    pairs = np.unique((line.ticket[known] << 24) + values[known])
    return np.bincount(pairs >> 24, minlength=line.ticket_count)


def _handoffs(line: Timeline) -> dict[str, np.ndarray]:
    """Changes between agents, gaps skipped, and which of them cross the tiers by the two rosters then
    (A31)."""
    agents = line.state["assignee_id"]
    rows = np.flatnonzero(agents != NULL)
    agent, ticket = agents[rows], line.ticket[rows]
    changed = np.flatnonzero((agent[1:] != agent[:-1]) & (ticket[1:] == ticket[:-1])) + 1
    look, at = line.look, line.at[rows[changed]]

    def tier(who: np.ndarray) -> np.ndarray:
        return look.pair_tier[look.roster.at(look.agent_number[who], at)]

    before, after = tier(agent[changed - 1]), tier(agent[changed])

    def count(which: np.ndarray) -> np.ndarray:
        return np.bincount(ticket[changed][which], minlength=line.ticket_count)

    return {
        "handoff_count": count(np.ones(len(changed), bool)),
        "escalation_count": count((before == look.t1) & (after == look.t2)),
        "bounce_count": count((before == look.t2) & (after == look.t1)),
    }


def _earliest_merged(line: Timeline) -> np.ndarray:
    """Earliest creation among the other tickets merged into each, also by way of others; FAR for none.

    Every ticket keeps its two earliest, so that one merged into itself through a cycle can leave itself out.
    """
    source = np.flatnonzero(line.merge_row < FAR)
    named = line.reference[line.merge_row[source]]
    target = np.where(named == NULL, line.facts.merged_into[source], named).astype(np.int64)
    known = (target >= 0) & (target != source)
    source, target = source[known], target[known]
    created = line.facts.created
    best = np.full((line.ticket_count, 2), -1, np.int64)  # the two earliest tickets merged in, -1 for none
    while True:
        into = np.repeat(target, 3)
        origin = np.column_stack([source, best[source]]).ravel()
        into, origin = into[origin >= 0], origin[origin >= 0]
        order = np.lexsort((origin, created[origin], into))
        pairs = np.column_stack([into, origin])[order]
        fresh = np.ones(len(pairs), bool)
        fresh[1:] = (pairs[1:] != pairs[:-1]).any(axis=1)
        pairs = pairs[fresh]
        begin = np.searchsorted(pairs[:, 0], pairs[:, 0])
        rank = np.arange(len(pairs)) - begin
        found = np.full_like(best, -1)
        for place in (0, 1):
            chosen = pairs[rank == place]
            found[chosen[:, 0], place] = chosen[:, 1]
        if (found == best).all():
            break
        best = found
    itself = best[:, 0] == np.arange(line.ticket_count)
    earliest = np.where(itself, best[:, 1], best[:, 0])
    return np.where(earliest >= 0, created[earliest], FAR)
