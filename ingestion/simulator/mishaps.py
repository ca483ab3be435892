"""What goes wrong with tickets and with the data about them, laid over finished lives.

Belongs here: merges, follow-ups, deletes and restores, spam, clock skew, flags without their event, events
sent twice or corrected, old snapshots.
Does not belong here: the ordinary life (`lives.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ingestion.simulator.lives import Lives
from ingestion.simulator.phases import DONE
from ingestion.simulator.steps import DAY, HOUR, MINUTE, SECOND
from ingestion.simulator.tape import REQUESTER, Events
from ingestion.simulator.vocabulary import NULL

UNKNOWN_TICKET = -9
"""Position of a merge target or followed ticket that nobody knows."""


@dataclass
class Snapshot:
    """The flags and links of the tickets of a chunk as the export shows them; positions of tickets, -1 for
    none."""

    updated: np.ndarray
    follow_up_of: np.ndarray
    merged_into: np.ndarray
    deleted: np.ndarray
    spam: np.ndarray


@dataclass
class Resent:
    """Events delivered a second time: exact copies, and earlier wrong versions of corrected ones."""

    copies: np.ndarray  # positions in the chunk's events
    wrong: np.ndarray
    wrong_at: np.ndarray
    late: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    """Per event: microseconds between the event and its recording."""


def plan_merges(lives: Lives, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Choose the tickets that will be merged, with targets; their lives are cut short at that moment."""
    n = len(lives.tickets)
    into = np.full(n, NULL, np.int64)
    who = np.flatnonzero(rng.random(n) < 0.018)
    step = 1 + (rng.random(len(who)) * 30).astype(np.int64)
    target = who - np.where(rng.random(len(who)) < 0.7, step, -step)
    target = np.where((target < 0) | (target >= n), UNKNOWN_TICKET, target)
    target[rng.random(len(who)) < 0.01] = UNKNOWN_TICKET
    at = lives.tickets.created[who] + lives.span(len(who), 3 * HOUR)
    at -= at % SECOND
    known = target >= 0
    at[known] = np.maximum(at[known], lives.tickets.created[target[known]] + MINUTE)
    at = np.where(lives.tickets.created[who] % SECOND == 0, at - at % SECOND, at)
    into[who] = target
    when = np.full(n, NULL, np.int64)
    when[who] = at
    # mostly the same person wrote twice
    lives.tickets.requester[who[known]] = lives.tickets.requester[target[known]]
    lives.limit[who] = np.minimum(lives.limit[who], at)
    return into, when


def merge(lives: Lives, into: np.ndarray, when: np.ndarray, end: int) -> None:
    """Record the merges that happen before `end`, and forget the planned ones that do not."""
    tape = lives.tape
    who = np.flatnonzero(when >= 0)
    happens = (when[who] <= end) & (when[who] >= tape.now[who])
    into[who[~happens]] = NULL
    who = who[happens]
    tape.advance(who, when[who])
    tape.emit(who, "merge", role="agent", actor=tape.state["assignee_id"][who], reference=into[who])
    closes = who[lives.rng.random(len(who)) < 0.8]
    tape.advance(closes, tape.now[closes] + lives.rng.integers(0, 3, len(closes)) * SECOND)
    lives.set_status(closes, "closed", DONE, NULL, "system")


def remove(lives: Lives, rng: np.random.Generator, end: int) -> tuple[np.ndarray, np.ndarray]:
    """Deletes, restores and spam, at moments within the lives. Returns the flags after all events."""
    tape, created = lives.tape, lives.tickets.created
    n = len(created)
    last = np.maximum(np.minimum(tape.now, end), created)
    tape_now, sequence = tape.now.copy(), tape.sequence.copy()
    deleted, spam = np.zeros(n, bool), np.zeros(n, bool)
    u = rng.random(n)
    actor = lives.model.codes("AGT-00001", "AGT-00002", "AGT-00003")
    # restored after a while, deleted for good, restored and deleted again
    for low, high, kinds in (
        (0.0, 0.008, ("delete", "restore")),
        (0.008, 0.02, ("delete",)),
        (0.02, 0.021, ("delete", "restore", "delete")),
    ):
        who = np.flatnonzero((u >= low) & (u < high))
        moments = np.sort(rng.random((len(kinds), len(who))), axis=0)
        for kind, share in zip(kinds, moments, strict=True):
            at = created[who] + ((last[who] - created[who] + HOUR) * share).astype(np.int64)
            at = np.minimum(lives.whole_seconds(who, at), np.maximum(end, created[who]))
            tape.now[who] = np.maximum(at, created[who])
            # the wall clock puts them among the other events; a high number keeps them last in their instant
            tape.sequence[who] = 500 + tape.sequence[who]
            tape.emit(who, kind, actor=actor[who % 3], role="agent")
            deleted[who] = kind == "delete"
    who = np.flatnonzero((u >= 0.021) & (u < 0.036))
    tape.now[who] = np.minimum(
        created[who] + rng.integers(0, 3 * 3_600, len(who)) * SECOND, np.maximum(end, created[who])
    )
    tape.sequence[who] = 600
    tape.emit(who, "spam", actor=lives.bot_router, role="system")
    spam[who] = True
    tape.now, tape.sequence = np.maximum(tape_now, tape.now), sequence
    return deleted, spam


def skew(events: Events, created: np.ndarray, share: float, rng: np.random.Generator) -> Events:
    """Put a few automatic or agent messages of the first minutes before their ticket's creation."""
    words_at = np.flatnonzero(
        (events.at - created[events.ticket] < 10 * MINUTE)
        & (events.sequence >= 0)
        & (events.actor != REQUESTER)
        & (events.body >= 0)
    )
    chosen = words_at[rng.random(len(words_at)) < share]
    events.at[chosen] = created[events.ticket[chosen]] - rng.integers(1, 90, len(chosen)) * SECOND
    order = np.lexsort((events.sequence, events.at, events.ticket))
    return events.take(order)


def follow_ups(lives: Lives, events: Events, rng: np.random.Generator) -> np.ndarray:
    """Link three in a hundred tickets to one that was closed shortly before they came."""
    created = lives.tickets.created
    links = np.full(len(created), NULL, np.int64)
    closing = np.flatnonzero(events.new == lives.status["closed"])
    closing = closing[np.argsort(events.at[closing], kind="stable")]
    who = np.flatnonzero(rng.random(len(created)) < 0.03)
    before = np.searchsorted(events.at[closing], created[who])
    who, before = who[before > 0], before[before > 0]
    back = np.minimum((rng.random(len(who)) ** 2 * 200).astype(np.int64), before - 1)
    target = events.ticket[closing[before - 1 - back]]
    links[who] = np.where(target == who, NULL, target)
    linked = who[links[who] >= 0]
    lives.tickets.requester[linked] = lives.tickets.requester[links[linked]]
    links[who[rng.random(len(who)) < 0.01]] = UNKNOWN_TICKET
    return links


def snapshot(
    lives: Lives,
    events: Events,
    into: np.ndarray,
    deleted: np.ndarray,
    spam: np.ndarray,
    links: np.ndarray,
    rng: np.random.Generator,
) -> tuple[Snapshot, Events]:
    """The exported flags; in a few tickets a flag has no event of its kind, and the event is taken away
    (A5)."""
    n = len(deleted)
    quiet = rng.random(n) < 0.04
    kinds = np.isin(events.type, [lives.tape.types[k] for k in ("delete", "spam", "merge")])
    restored = np.zeros(n, bool)
    restored[events.ticket[events.type == lives.tape.types["restore"]]] = True
    drop = kinds & quiet[events.ticket] & ~restored[events.ticket]
    events = events.take(~drop)
    updated = lives.tickets.created.copy()
    np.maximum.at(updated, events.ticket, events.at)
    updated += np.where(rng.random(n) < 0.3, rng.integers(0, 3_600, n) * SECOND, 0)
    # and a few flags are not set though the event says so: the event counts
    forgotten = rng.random(n) < 0.03
    return Snapshot(
        updated,
        links,
        np.where(forgotten & ~quiet, NULL, into),
        deleted & (~forgotten | quiet),
        spam & (~forgotten | quiet),
    ), events


def resend(events: Events, rng: np.random.Generator) -> Resent:
    """Which events are delivered twice, and how late each is recorded."""
    size = len(events)
    late = np.where(rng.random(size) < 0.04, rng.integers(1, 3 * DAY // SECOND, size) * SECOND, 0)
    u = rng.random(size)
    wrong = np.flatnonzero((u >= 0.002) & (u < 0.0025))
    late[wrong] += 2 * DAY
    shift = rng.integers(60, 7_200, len(wrong)) * SECOND
    return Resent(np.flatnonzero(u < 0.002), wrong, events.at[wrong] + shift, late)
