"""What surrounds the tickets: reviews in app stores, active creators, shifts of agents.

Belongs here: `voice_items` (per chunk), `active_creators`, `agent_shifts`, the header of `feedback_actions`
(per site).
Does not belong here: anything that hangs on one ticket.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from ingestion.simulator import world
from ingestion.simulator.arrivals import Tickets, pick
from ingestion.simulator.columns import coded, counts, instants, numbered, write_csv, write_part
from ingestion.simulator.model import Model
from ingestion.simulator.steps import DAY, HOUR, MINUTE, SECOND

PLATFORMS = ("app_store", "google_play", "x", "reddit", "forum", "other")
_FEEDBACK = "action_id insight_key occurred_at status owner_team owner_id due_on note reference_url"


def write_voice(folder: Path, chunk: int, model: Model, tickets: Tickets, rng: np.random.Generator) -> int:
    """One public review for every four tickets; themes follow what creators write in about, incidents
    included."""
    n = max(1, len(tickets) // 4)
    about = np.sort(rng.integers(0, len(tickets), n))
    posted = tickets.created[about] + rng.integers(0, 2 * 86_400, n) * SECOND
    posted = np.minimum(posted, model.as_of - MINUTE)
    harm = np.array([*(i.harm for i in model.incidents), 0.0])[tickets.incident[about]]
    happy = rng.random(n) < 0.48 - harm
    rating = np.where(happy, rng.integers(4, 6, n), rng.integers(1, 4, n))
    platform = pick(np.array([0.2, 0.5, 0.12, 0.1, 0.05, 0.03]), rng.random(n))
    words = pa.array(model.vocabulary.texts)
    position = {model.vocabulary.code(name): i for i, name in enumerate(model.wording.reasons)}
    reason = np.array([position.get(code, 0) for code in range(len(model.vocabulary))])[tickets.reason[about]]
    spoken = {model.vocabulary.code(name): i for i, name in enumerate(world.LANGUAGES)}
    language = np.array([spoken.get(code, 0) for code in range(len(model.vocabulary))])[
        tickets.language[about]
    ]
    text = model.wording.number(False, language, reason, rng.integers(0, 6, n))
    replied = rng.random(n) < np.where(platform < 2, 0.06, 0.0)
    reply = posted + rng.integers(3_600, 9 * 86_400, n) * SECOND
    replied &= reply <= model.as_of
    likes = (rng.pareto(1.3, n) * 2).clip(0, 5_000)
    return write_part(
        folder / "voice_items",
        chunk,
        {
            "item_id": numbered("V", chunk * 1_000_000 + np.arange(n), 10),
            "platform": coded(platform, pa.array(list(PLATFORMS))),
            "posted_at": instants(posted),
            "rating": pa.array(rating.astype(float), mask=platform >= 2),
            "language": coded(tickets.language[about], words),
            "market": coded(tickets.market[about], words),
            "title": coded(
                np.where(rng.random(n) < 0.4, text, -1), pa.array([t[:40] for t in model.wording.texts])
            ),
            "text": coded(text, pa.array(model.wording.texts)),
            "app_version": coded(
                np.where(platform < 2, rng.integers(0, 5, n), -1), pa.array([f"41.{v}.0" for v in range(5)])
            ),
            "replied_at": instants(reply, ~replied),
            "likes": counts(likes.astype(np.int64)),
            "updated_at": instants(np.where(replied, reply, posted)),
        },
        plain=("item_id",),
    )


def write_site_wide(folder: Path, model: Model) -> Counter[str]:
    """Entities drawn once per site."""
    rows: Counter[str] = Counter()
    rows["active_creators"] = _active_creators(folder, model)
    rows["agent_shifts"] = _shifts(folder, model)
    rows["feedback_actions"] = write_csv(folder / "feedback_actions.csv", _FEEDBACK.split(), [])
    return rows


def _active_creators(folder: Path, model: Model) -> int:
    rng = model.plan.rng(5)
    rows = []
    for week in range(model.plan.weeks):
        start = (model.organisation.start + timedelta(weeks=week)).date()
        for market, about in world.MARKETS.items():
            for line, (_, _, share, _, _) in world.LINES.items():
                size = model.plan.requesters * 12 * about.share * share * (1 + 0.15 * week / model.plan.weeks)
                rows.append(
                    {
                        "market": market,
                        "line_of_business": line,
                        "week_start": start,
                        "creators": 1 + int(size * rng.normal(1, 0.02)),
                    }
                )
    return write_csv(
        folder / "active_creators.csv", ["market", "line_of_business", "week_start", "creators"], rows
    )


def _shifts(folder: Path, model: Model) -> int:
    """Five days a week: work, a break in it, and an hour of training on Wednesdays; overlapping now and
    then."""
    rng = model.plan.rng(6)
    org, words = model.organisation, model.vocabulary
    agents = words.codes(list(org.employed))
    days = np.array([d for d in range(model.plan.weeks * 7) if d % 7 < 5])
    agent = np.repeat(agents, len(days))
    day = np.tile(days, len(agents))
    hour = np.repeat(rng.integers(0, 17, len(agents)), len(days))
    start = model.start + day * DAY + hour * HOUR + rng.integers(-20, 20, len(day)) * MINUTE
    works = (
        (rng.random(len(day)) < 0.93)
        & (start >= model.employed_from[agent])
        & (start < model.employed_to[agent])
    )
    agent, day, start = agent[works], day[works], start[works]
    wednesday = np.flatnonzero(day % 7 == 2)
    lunch = start + 4 * HOUR
    parts = [
        (agent, start, start + 8 * HOUR, np.zeros(len(agent), np.int64)),
        (agent, lunch, lunch + rng.integers(30, 70, len(agent)) * MINUTE, np.ones(len(agent), np.int64)),
        (
            agent[wednesday],
            start[wednesday] + 6 * HOUR,
            start[wednesday] + 7 * HOUR,
            np.full(len(wednesday), 2),
        ),
    ]
    agent, start, end, activity = (np.concatenate(c) for c in zip(*parts, strict=True))
    order = np.lexsort((activity, start, agent))
    return write_part(
        folder / "agent_shifts",
        0,
        {
            "agent_id": coded(agent[order], pa.array(words.texts)),
            "starts_at": instants(start[order]),
            "ends_at": instants(end[order]),
            "activity": coded(activity[order], pa.array(["available", "break", "training"])),
        },
    )
