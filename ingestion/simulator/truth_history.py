"""True values of `fct_ticket_segments` and `fct_replies`.

Belongs here: intervals in which nothing changed (SEMANTICS A27, A28, A35), and replies with what they
answered (A47).
Does not belong here: sums per ticket (`truth_tickets.py`). Durations are microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingestion.simulator.truth_tickets import Messages
from ingestion.simulator.truth_timeline import FAR, Timeline, running
from ingestion.simulator.vocabulary import NULL

SEGMENT_FIELDS = ("status", "priority", "line_of_business", "group_id", "assignee_id")


@dataclass
class SegmentTruth:
    """One entry per segment; `to` FAR = still."""

    ticket: np.ndarray
    number: np.ndarray
    start: np.ndarray
    to: np.ndarray
    category: np.ndarray
    deleted: np.ndarray
    codes: dict[str, np.ndarray]
    calendar: np.ndarray
    business: np.ndarray
    unknown: np.ndarray


def segment_truth(line: Timeline) -> SegmentTruth:
    """Pieces joined where no listed column changes."""
    row = line.piece_row
    listed = {name: line.state[name][row] for name in SEGMENT_FIELDS}
    listed |= {"tier": line.tier, "vendor": line.vendor, "schedule_id": line.schedule}
    category, deleted = line.piece_category, line.deleted[row]
    starts = np.ones(len(row), bool)
    same = line.piece_ticket[1:] == line.piece_ticket[:-1]
    for values in (*listed.values(), category, deleted):
        same &= values[1:] == values[:-1]
    starts[1:] = ~same
    begin = np.flatnonzero(starts)
    end = np.append(begin[1:], len(row))
    ticket = line.piece_ticket[begin]
    new = np.ones(len(begin), bool)
    new[1:] = ticket[1:] != ticket[:-1]
    last = np.append(new[1:], True)
    first = np.maximum.accumulate(np.where(new, np.arange(len(begin)), 0))
    sums = [running(values) for values in (line.calendar, line.business, line.missing)]
    calendar, business, missing = (s[end] - s[begin] for s in sums)
    return SegmentTruth(
        ticket=ticket,
        number=np.arange(len(begin)) - first + 1,
        start=line.piece_at[begin],
        to=np.where(last, FAR, line.piece_end[end - 1]),
        category=category[begin],
        deleted=deleted[begin],
        codes={name: values[begin] for name, values in listed.items()},
        calendar=calendar,
        business=business,
        unknown=missing > 0,
    )


@dataclass
class ReplyTruth:
    """One entry per reply; `event` is the position in the chunk's events."""

    ticket: np.ndarray
    event: np.ndarray
    at: np.ndarray
    number: np.ndarray
    agent: np.ndarray
    tier: np.ndarray
    vendor: np.ndarray
    responds_to: np.ndarray  # FAR = null
    calendar: np.ndarray
    business: np.ndarray
    unknown: np.ndarray
    first: np.ndarray
    macro: np.ndarray


def reply_truth(line: Timeline, messages: Messages) -> ReplyTruth:
    """Every reply and the oldest message it answers."""
    rows = np.flatnonzero(messages.reply)
    ticket, at, agent = line.ticket[rows], line.at[rows], line.actor[rows]
    new = np.ones(len(rows), bool)
    new[1:] = ticket[1:] != ticket[:-1]
    since = np.where(new, line.first_row[ticket], np.append(0, rows[:-1]) + 1)
    asked = messages.next_requester[since]
    answers = asked < rows
    asked = np.where(answers, asked, rows)
    begin, end = line.piece_of_row(asked), line.piece_of_row(rows)
    sums = [running(values) for values in (line.calendar, line.business, line.missing)]
    calendar, business, missing = (s[end] - s[begin] for s in sums)
    first = np.maximum.accumulate(np.where(new, np.arange(len(rows)), 0))
    # the writer's roster version then, else the ticket's group (A28)
    tier, vendor = line.look.tier_vendor(
        np.maximum(agent, NULL), line.state["group_id"][line.piece_row[end]], at
    )
    return ReplyTruth(
        ticket=ticket,
        event=line.source[rows],
        at=at,
        number=np.arange(len(rows)) - first + 1,
        agent=agent,
        tier=tier,
        vendor=vendor,
        responds_to=np.where(answers, line.at[asked], FAR),
        calendar=calendar,
        business=business,
        unknown=missing > 0,
        first=messages.first_reply[ticket] == rows,
        macro=_macros(line, rows),
    )


def _macros(line: Timeline, rows: np.ndarray) -> np.ndarray:
    """Macro used: a macro event of the same ticket, actor and instant (A47); the first if there are
    several."""
    found = np.full(len(rows), NULL, np.int32)
    macros = np.flatnonzero(line.type == line.kinds["macro"])
    if not len(macros):
        return found

    def key(which: np.ndarray) -> np.ndarray:
        return (line.instant_of[which] << 24) + line.actor[which] + 2

    order = np.argsort(key(macros), kind="stable")
    keys = key(macros)[order]
    place = np.minimum(np.searchsorted(keys, key(rows)), len(keys) - 1)
    hit = keys[place] == key(rows)
    found[hit] = line.reference[macros[order][place[hit]]]
    return found
