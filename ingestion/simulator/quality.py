"""Quality reviews: graders, ratings, calibration sets.

Belongs here: drawing `quality_reviews`, `quality_ratings` and the true score of each review.
Does not belong here: the rubrics (`rubrics.py`), agreement statistics and weighted means.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ingestion.simulator.arrivals import pick
from ingestion.simulator.columns import coded, counts, flags, instants, numbered, write_part
from ingestion.simulator.decisions import PENDING, Appeals, appeal_ids
from ingestion.simulator.export import ticket_ids
from ingestion.simulator.lives import Lives
from ingestion.simulator.rubrics import RUBRICS
from ingestion.simulator.steps import DAY, SECOND
from ingestion.simulator.surveys import solves
from ingestion.simulator.tape import Events

PURPOSES = ("random", "targeted", "calibration", "self")


def write_quality(
    data: Path,
    truth: Path | None,
    chunk: int,
    lives: Lives,
    events: Events,
    appeals: Appeals,
    rng: np.random.Generator,
) -> Counter[str]:
    """Review four in a hundred solved tickets and eight in a hundred decided complaints."""
    model = lives.model
    solve = solves(lives, events)
    solve = solve[(rng.random(len(solve)) < 0.04) & (events.at[solve] <= model.as_of)]
    ticket, agent = (
        events.ticket[solve].astype(np.int64),
        lives.tape.state["assignee_id"][events.ticket[solve]],
    )
    solve, ticket, agent = solve[agent >= 0], ticket[agent >= 0], agent[agent >= 0]
    chosen = np.flatnonzero((appeals.outcome != PENDING) & (rng.random(len(appeals)) < 0.08))
    judges = model.pool_agents[rng.integers(0, len(model.pool_agents), len(chosen))]
    subject = np.concatenate([ticket, chosen])
    is_appeal = np.arange(len(subject)) >= len(ticket)
    agent = np.concatenate([agent, judges])
    after = np.concatenate([events.at[solve], appeals.decided[chosen]])
    purpose = pick(np.array([0.72, 0.14, 0.09, 0.05]), rng.random(len(subject)))
    quality = np.clip(rng.beta(9, 1.6, len(subject)), 0, 1)
    # a calibration set: the same subject graded by three people
    copies = np.where(purpose == 2, 3, 1)
    who = np.repeat(np.arange(len(subject)), copies)
    n = len(who)
    at = after[who] + rng.integers(3_600, 14 * 86_400, n) * SECOND
    there = at <= model.as_of
    who, at = who[there], at[there]
    n = len(who)
    reviewer = np.where(
        purpose[who] == 3, agent[who], model.pool_agents[rng.integers(0, len(model.pool_agents), n)]
    )
    middle = (model.start + model.as_of) // 2
    rubric = np.where(is_appeal[who], 2, np.where(at < middle, 0, 1))
    weight = np.where(purpose[who] == 1, 0.25, 1.0)
    ids = numbered("Q", chunk * 1_000_000 + np.arange(n), 10)
    words = pa.array(model.vocabulary.texts)
    # one column of ids over tickets and complaints
    names = pa.concat_arrays([ticket_ids(lives.tickets.number), appeal_ids(chunk, np.arange(len(appeals)))])
    rows: Counter[str] = Counter()
    rows["quality_reviews"] = write_part(
        data / "quality_reviews",
        chunk,
        {
            "review_id": ids,
            "subject_type": coded(is_appeal[who], pa.array(["ticket", "appeal"])),
            "subject_id": coded(subject[who] + is_appeal[who] * len(lives.tickets), names),
            "agent_id": coded(agent[who], words),
            "reviewer_id": coded(reviewer, words),
            "reviewed_at": instants(at),
            "rubric_id": coded(rubric, pa.array([r for r, _, _ in RUBRICS])),
            "rubric_version": pa.array([v for _, v, _ in RUBRICS]).take(pa.array(rubric)),
            "purpose": coded(purpose[who], pa.array(list(PURPOSES))),
            "sampling_weight": pa.array(weight),
            "updated_at": instants(at + np.where(rng.random(n) < 0.05, DAY, 0)),
        },
    )
    rated = _ratings(rubric, quality[who], rng)
    texts = pa.array(model.wording.texts)
    remark = np.where(rng.random(len(rated["review"])) < 0.1, model.wording.notes, -1)
    rows["quality_ratings"] = write_part(
        data / "quality_ratings",
        chunk,
        {
            "review_id": coded(rated["review"], ids),
            "category_id": coded(rated["category"], pa.array(rated["names"])),
            "rating": pa.array(rated["rating"].astype(float), mask=rated["rating"] < 0),
            "comment": coded(remark, texts),
        },
    )
    if truth is not None:
        rows["truth/fct_quality_reviews"] = write_part(
            truth / "fct_quality_reviews",
            chunk,
            {"review_id": ids, "purpose": coded(purpose[who], pa.array(list(PURPOSES))), **_scores(n, rated)},
        )
    return rows


def _ratings(rubric: np.ndarray, quality: np.ndarray, rng: np.random.Generator) -> dict[str, Any]:
    """One entry per review and category of its rubric, ordered by review; rating -1 = not applicable."""
    names = list(dict.fromkeys(c for _, _, categories in RUBRICS for c in categories))
    all_not_applicable = rng.random(len(rubric)) < 0.004
    parts: list[np.ndarray] = []
    for number, (_, _, categories) in enumerate(RUBRICS):
        mine = np.flatnonzero(rubric == number)
        for category, (_, weight, top, critical) in categories.items():
            share = np.clip(quality[mine] + rng.normal(0, 0.12, len(mine)), 0, 1)
            rating = np.minimum((share * (top + 1)).astype(np.int64), top)
            if critical:
                rating = np.where(rng.random(len(mine)) < 0.03, 0, top)
            rating = np.where(all_not_applicable[mine] | (rng.random(len(mine)) < 0.03), -1, rating)
            same = np.ones(len(mine), np.int64)
            parts.append(
                np.stack(
                    [mine, same * names.index(category), rating, same * weight, same * top, same * critical]
                )
            )
    review, category, rating, weight, top, critical = np.concatenate(parts, axis=1)
    order = np.lexsort((category, review))
    return {
        "names": names,
        "review": review[order],
        "category": category[order],
        "rating": rating[order],
        "weight": weight[order],
        "top": top[order],
        "critical": critical[order].astype(bool),
    }


def _scores(n: int, rated: dict[str, Any]) -> dict[str, pa.Array]:
    """Score of each review: weighted over rated categories, 0 if a critical one is under half (SEMANTICS
    §4)."""
    review, applies = rated["review"], rated["rating"] >= 0
    share = rated["rating"] / rated["top"]
    weight = np.bincount(review, np.where(applies, rated["weight"], 0), n)
    total = np.bincount(review, np.where(applies, rated["weight"] * share, 0.0), n)
    failed = np.bincount(review, rated["critical"] & applies & (share < 0.5), n) > 0
    raw = total / np.maximum(weight, 1)
    return {
        "raw_score": pa.array(raw, mask=weight == 0),
        "score": pa.array(np.where(failed, 0.0, raw), mask=weight == 0),
        "is_auto_failed": flags(failed),
        "rated_count": counts(np.bincount(review, applies, n)),
    }
