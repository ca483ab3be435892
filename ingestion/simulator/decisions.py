"""Moderation decisions, complaints about them, out-of-court disputes, suspensions.

Belongs here: drawing `decisions`, `appeals`, `appeal_decisions`, `suspensions`, and what is true of each
appeal at as_of.
Does not belong here: the regulator's table.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from ingestion.simulator import world
from ingestion.simulator.arrivals import mix, pick
from ingestion.simulator.columns import coded, counts, flags, instants, numbered, write_part
from ingestion.simulator.export import requester_ids, ticket_ids
from ingestion.simulator.lives import Lives
from ingestion.simulator.steps import DAY, HOUR, SECOND

RESTRICTIONS = ("visibility", "monetisation", "service", "account")
OUTCOMES = ("upheld", "reversed", "partially_reversed", "omitted", "withdrawn")
UPHELD, REVERSED, PARTIALLY, OMITTED, WITHDRAWN = range(5)
PENDING = -1
ABOUT = ("decision", "notice", "trusted_flagger_notice")
BODIES = ("internal", "ods")


@dataclass
class Appeals:
    """Complaints of a chunk, first rounds first; `decision` and `ticket` are positions, -1 for none."""

    decision: np.ndarray
    ticket: np.ndarray
    about: np.ndarray
    body: np.ndarray
    round: np.ndarray
    submitted: np.ndarray
    decided: np.ndarray
    notified: np.ndarray
    outcome: np.ndarray
    implemented: np.ndarray
    creator: np.ndarray
    decision_notified: np.ndarray

    def __len__(self) -> int:
        return len(self.submitted)


def _complaints(lives: Lives, rng: np.random.Generator) -> Appeals:
    """First-round complaints: most tickets that disagree with a decision carry one."""
    model, tickets = lives.model, lives.tickets
    disagrees = np.isin(tickets.reason, model.codes(*world.APPEALABLE)) & (tickets.created <= model.as_of)
    ticket = np.flatnonzero(disagrees & (rng.random(len(tickets)) < 0.7))
    n = len(ticket)
    submitted = tickets.created[ticket]
    lag = lives.span(n, 36 * HOUR, 1.6) // SECOND * SECOND
    lag[rng.random(n) < 0.01] += 200 * DAY  # after more than six months: inadmissible
    about = np.searchsorted([0.9, 0.98], rng.random(n), side="right")
    kinds = np.array([*(i.kind == "overturn" for i in model.incidents), False])[tickets.incident[ticket]]
    shares = np.where(kinds[:, None], [0.18, 0.72, 0.06, 0.02, 0.02], [0.55, 0.35, 0.05, 0.025, 0.025])
    outcome = (rng.random(n)[:, None] > np.cumsum(shares, axis=1)).sum(axis=1).clip(0, 4)
    decided = submitted + lives.span(n, 30 * HOUR, 1.2) // SECOND * SECOND
    notified = decided + np.where(rng.random(n) < 0.5, 0, rng.integers(0, 6 * 3_600, n) * SECOND)
    decision = np.arange(n)
    decision[(about > 0) & (rng.random(n) < 0.6)] = -1  # no action on a notice: nothing was decided
    return Appeals(
        decision,
        ticket,
        about,
        np.zeros(n, np.int64),
        np.ones(n, np.int64),
        submitted,
        decided,
        notified,
        outcome,
        np.zeros(n, bool),
        tickets.requester[ticket],
        submitted - lag,
    )


def _further(lives: Lives, first: Appeals, rng: np.random.Generator) -> list[Appeals]:
    """Second rounds and out-of-court disputes about complaints that were upheld."""
    found = []
    for body, share, wait in ((0, 0.07, 4 * DAY), (1, 0.02, 20 * DAY)):
        of = np.flatnonzero(
            (first.outcome == UPHELD) & (first.decision >= 0) & (rng.random(len(first)) < share)
        )
        n = len(of)
        submitted = first.notified[of] + lives.span(n, wait) // SECOND * SECOND
        decided = submitted + lives.span(n, (3 * DAY, 45 * DAY)[body], 0.8) // SECOND * SECOND
        outcome = pick(np.array([0.6, 0.28, 0.06, 0.04, 0.02]), rng.random(n))
        turned = np.isin(outcome, (REVERSED, PARTIALLY))
        found.append(
            Appeals(
                first.decision[of],
                np.full(n, -1),
                first.about[of],
                np.full(n, body),
                np.full(n, 2 - body),
                submitted,
                decided,
                decided + rng.integers(0, 86_400, n) * SECOND,
                outcome,
                turned & (rng.random(n) < 0.85) & (body == 1),
                first.creator[of],
                first.decision_notified[of],
            )
        )
    return found


def draw_appeals(lives: Lives, rng: np.random.Generator) -> Appeals:
    """All complaints of a chunk submitted by as_of; those not decided by then are pending."""
    first = _complaints(lives, rng)
    parts = [first, *_further(lives, first, rng)]
    appeals = Appeals(
        *(np.concatenate([getattr(p, name) for p in parts]) for name in Appeals.__dataclass_fields__)
    )
    there = appeals.submitted <= lives.model.as_of
    appeals = Appeals(*(getattr(appeals, name)[there] for name in Appeals.__dataclass_fields__))
    appeals.outcome = np.where(appeals.decided <= lives.model.as_of, appeals.outcome, PENDING)
    return appeals


def appeal_ids(chunk: int, positions: np.ndarray) -> pa.Array:
    """Ids of complaints."""
    return numbered("A", chunk * 1_000_000 + positions, 10)


def decision_ids(chunk: int, positions: np.ndarray) -> pa.Array:
    """Ids of decisions."""
    return numbered("D", chunk * 10_000_000 + np.abs(positions), 11, positions < 0)


def write_decisions(
    folder: Path, chunk: int, lives: Lives, appeals: Appeals, rng: np.random.Generator
) -> Counter[str]:
    """Write decisions (the appealed ones, and four times as many that nobody appealed), complaints and the
    rest."""
    model, tickets = lives.model, lives.tickets
    as_of, words = model.as_of, pa.array(model.vocabulary.texts)
    appealed = int(appeals.decision.max(initial=-1)) + 1
    n = appealed * 5 + 20
    known = appeals.decision >= 0
    notified = model.start - 60 * DAY + (rng.random(n) * (as_of - model.start + 60 * DAY)).astype(np.int64)
    notified -= notified % SECOND
    notified[appeals.decision[known]] = appeals.decision_notified[known]
    decided = notified - rng.integers(0, 12 * 3_600, n) * SECOND
    creator = (model.plan.requesters * rng.random(n)).astype(np.int64)
    creator[appeals.decision[known]] = appeals.creator[known]
    market = pick(np.array([m.share for m in world.MARKETS.values()]), mix(creator, 1))
    automated = pick(np.array([0.3, 0.2, 0.5]), rng.random(n))
    people = model.pool_agents[rng.integers(0, len(model.pool_agents), n)]
    restored = np.full(n, -1, np.int64)
    why = np.full(n, -1)
    own = rng.random(n) < 0.015
    restored[own], why[own] = notified[own] + rng.integers(1, 20, own.sum()) * DAY, 1
    for body in (0, 1):
        turned = known & (appeals.body == body) & np.isin(appeals.outcome, (REVERSED, PARTIALLY))
        turned &= (body == 0) | appeals.implemented
        restored[appeals.decision[turned]] = appeals.notified[turned] + HOUR
        why[appeals.decision[turned]] = 2 * body
    gone = (restored > as_of) | (restored < 0)
    restriction = pick(np.array([0.62, 0.1, 0.1, 0.18]), rng.random(n))
    languages = pa.array([m.language for m in world.MARKETS.values()])
    rows: Counter[str] = Counter()
    rows["decisions"] = write_part(
        folder / "decisions",
        chunk,
        {
            "decision_id": decision_ids(chunk, np.arange(n)),
            "decided_at": instants(decided),
            "notified_at": instants(notified),
            "creator_id": requester_ids(creator),
            "restriction": coded(restriction, pa.array(list(RESTRICTIONS))),
            "ground": coded(pick(np.array([0.12, 0.88]), rng.random(n)), pa.array(["illegal", "terms"])),
            "policy_category": coded(
                rng.integers(0, len(world.POLICY_CATEGORIES), n), pa.array(list(world.POLICY_CATEGORIES))
            ),
            "surface": coded(rng.integers(0, len(world.SURFACES), n), pa.array(list(world.SURFACES))),
            "automated_detection": flags(rng.random(n) < 0.72),
            "automated_decision": coded(automated, pa.array(["not", "partially", "fully"])),
            "decider_id": coded(np.where(automated == 2, -1, people), words),
            "decider_tier": coded(
                np.where(automated == 2, -1, rng.integers(0, 2, n)), pa.array(["T1", "T2"])
            ),
            "market": coded(market, pa.array(list(world.MARKETS))),
            "language": coded(market, languages),
            "is_minor": flags(mix(creator, 4) < 0.03),
            "restored_at": instants(restored, gone),
            "restored_reason": coded(np.where(gone, -1, why), pa.array(["appeal", "own_initiative", "ods"])),
            "updated_at": instants(np.maximum(notified, np.where(gone, notified, restored))),
        },
        plain=("decision_id",),
    )
    rows += _write_appeals(folder, chunk, lives, appeals, rng)
    covers = np.flatnonzero(
        known & (appeals.round == 1) & (appeals.body == 0) & (rng.random(len(appeals)) < 0.03)
    )
    also = rng.integers(appealed, n, len(covers))
    rows["appeal_decisions"] = write_part(
        folder / "appeal_decisions",
        chunk,
        {
            "appeal_id": appeal_ids(chunk, np.repeat(covers, 2)),
            "decision_id": decision_ids(chunk, np.column_stack([appeals.decision[covers], also]).ravel()),
        },
    )
    many = max(1, len(tickets) // 900)
    at = model.start + (rng.random(many) * (as_of - model.start) // SECOND).astype(np.int64) * SECOND
    rows["suspensions"] = write_part(
        folder / "suspensions",
        chunk,
        {
            "suspension_id": numbered("U", chunk * 100_000 + np.arange(many), 9),
            "creator_id": requester_ids(rng.integers(0, model.plan.requesters, many)),
            "suspended_at": instants(at),
            "ground": coded(
                pick(np.array([0.7, 0.2, 0.1]), rng.random(many)),
                pa.array(["illegal_content", "unfounded_notices", "unfounded_complaints"]),
            ),
            "updated_at": instants(at),
        },
    )
    return rows


def _write_appeals(
    folder: Path, chunk: int, lives: Lives, appeals: Appeals, rng: np.random.Generator
) -> Counter[str]:
    model, n = lives.model, len(appeals)
    words = pa.array(model.vocabulary.texts)
    pending = appeals.outcome == PENDING
    told = ~pending & (appeals.notified <= model.as_of)
    market = pick(np.array([m.share for m in world.MARKETS.values()]), mix(appeals.creator, 1))
    ids = ticket_ids(lives.tickets.number)
    people = model.pool_agents[rng.integers(0, len(model.pool_agents), n)]
    reversed_ = np.isin(appeals.outcome, (REVERSED, PARTIALLY))
    text = np.where(rng.random(n) < 0.7, rng.integers(0, model.wording.notes // 2, n), -1)
    return Counter(
        appeals=write_part(
            folder / "appeals",
            chunk,
            {
                "appeal_id": appeal_ids(chunk, np.arange(n)),
                "decision_id": decision_ids(chunk, appeals.decision),
                "about": coded(appeals.about, pa.array(list(ABOUT))),
                "body": coded(appeals.body, pa.array(list(BODIES))),
                "round": counts(appeals.round),
                "complainant_role": coded(
                    appeals.about, pa.array(["recipient", "notifier", "trusted_flagger"])
                ),
                "submitted_at": instants(appeals.submitted),
                "decided_at": instants(appeals.decided, pending),
                "notified_at": instants(appeals.notified, ~told),
                "outcome": coded(appeals.outcome, pa.array(list(OUTCOMES))),
                "new_restriction": flags(reversed_ & (rng.random(n) < 0.03)),
                "ods_implemented": flags(appeals.implemented, (appeals.body == 0) | ~reversed_),
                "reviewer_id": coded(np.where(pending, -1, people), words),
                "ticket_id": coded(appeals.ticket, ids),
                "reason": coded(text, pa.array(model.wording.texts)),
                "language": coded(market, pa.array([m.language for m in world.MARKETS.values()])),
                "market": coded(market, pa.array(list(world.MARKETS))),
                "updated_at": instants(
                    np.where(told, appeals.notified, np.where(pending, appeals.submitted, appeals.decided))
                ),
            },
            plain=("appeal_id",),
        )
    )
