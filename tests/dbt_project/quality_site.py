"""A site with surveys and quality reviews drawn at random: three sources, one desk and two that refer to it.

Belongs here: writing such a site, whole or in slices. Does not belong here: what its marts must say.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

AS_OF = datetime(2026, 3, 2, tzinfo=UTC)
START = datetime(2026, 1, 5, tzinfo=UTC)
GRADERS = [f"q{number}" for number in range(6)]
# category: version → (weight, scale maximum, critical)
RUBRIC: dict[str, dict[int, tuple[float, int, bool]]] = {
    "tone": {1: (1, 4, False), 2: (2, 5, False)},
    "accuracy": {1: (3, 4, False), 2: (3, 4, False)},
    "privacy": {1: (2, 1, True), 2: (2, 1, True)},
}

Tables = dict[str, list[dict[str, Any]]]
SOURCES = {
    "desk": ("tickets", "ticket_events", "agents"),
    "polls": ("csat_responses",),
    "qa": ("quality_reviews", "quality_ratings", "rubrics"),
}
_REFERENCE = {"agents", "rubrics"}


def draw(random: Random, tickets: int = 300) -> Tables:
    """Rows of all entities: tickets solved once or twice, surveys silent or re-rated, reviews of any kind."""
    tables: Tables = {name: [] for names in SOURCES.values() for name in names}
    tables["agents"] = [
        {
            "agent_id": f"a{number}",
            "name": f"Agent {number}",
            "lead_id": f"l{number % 3}",
            "tier": "T1" if number % 4 else "T2",
            "vendor": ["Brightdesk", "Nordvale", ""][number % 3],
            "hired_on": f"2025-{1 + number:02d}-15",
            "valid_from": "2025-01-01T00:00:00Z",
        }
        for number in range(12)
    ]
    tables["rubrics"] = [
        {
            "rubric_id": "R",
            "version": version,
            "category_id": category,
            "weight": weight,
            "scale_min": 0,
            "scale_max": top,
            "is_critical": critical,
        }
        for category, versions in RUBRIC.items()
        for version, (weight, top, critical) in versions.items()
    ]
    for number in range(tickets):
        _ticket(tables, random, f"t{number}")
    return tables


def _ticket(tables: Tables, random: Random, ticket: str) -> None:
    created = START + timedelta(minutes=random.randrange(50 * 1440))
    agent = f"a{random.randrange(12)}"
    tables["tickets"].append(
        {
            "ticket_id": ticket,
            "created_at": created,
            "updated_at": created,
            "channel": random.choice(["in_app", "email"]),
            "status": "solved",
            "line_of_business": random.choice(["rewards", "safety"]),
            "language": random.choice(["de", "en"]),
            "market": "DE",
            "assignee_id": agent,
            "is_minor": random.random() < 0.1,
            "is_spam": random.random() < 0.05,
        }
    )
    solved = created
    for cycle in range(2 if random.random() < 0.2 else 1):
        for value in ("open", "solved"):
            solved += timedelta(minutes=random.randrange(1, 900))
            tables["ticket_events"].append(
                {
                    "event_id": f"{ticket}-{cycle}-{value}",
                    "ticket_id": ticket,
                    "occurred_at": solved,
                    "event_type": "field_change",
                    "field": "status",
                    "old_value": "new" if value == "open" and not cycle else "",
                    "new_value": value,
                    "actor_id": agent,
                    "actor_role": "agent",
                }
            )
        _survey(tables, random, ticket, f"s-{ticket}-{cycle}", solved + timedelta(minutes=5))
    if random.random() < 0.9:
        _reviews(tables, random, ticket, agent, solved)


def _survey(tables: Tables, random: Random, ticket: str, survey: str, sent: datetime) -> None:
    top = 1 if sent < START + timedelta(days=20) else 5
    answers = random.choices([0, 1, 2, 3], [4, 5, 2, 1])[0]
    recorded = sent
    for version in range(answers + (not answers or random.random() < 0.5)):
        silent = version == answers
        recorded += timedelta(minutes=random.randrange(1, 12_000))
        tables["csat_responses"].append(
            {
                "survey_id": survey,
                "ticket_id": ticket,
                "sent_at": sent,
                "recorded_at": sent if silent else recorded,
                "responded_at": "" if silent else recorded - timedelta(seconds=30),
                "score": "" if silent else random.randint(0 if top == 1 else 1, top),
                "scale_min": 0 if top == 1 else 1,
                "scale_max": top,
            }
        )


def _reviews(tables: Tables, random: Random, ticket: str, agent: str, solved: datetime) -> None:
    purpose = random.choices(["random", "targeted", "calibration", "self"], [5, 2, 4, 1])[0]
    graders = (
        random.sample(GRADERS, random.randint(1, 4)) if purpose == "calibration" else [random.choice(GRADERS)]
    )
    quality = random.random()
    for grader in graders:
        at = solved + timedelta(minutes=random.randrange(1, 4_000))
        review = f"{ticket}-{grader}"
        version = 1 if at < START + timedelta(days=25) else 2
        tables["quality_reviews"].append(
            {
                "review_id": review,
                "subject_type": "ticket",
                "subject_id": ticket,
                "agent_id": agent,
                "reviewer_id": agent if purpose == "self" else grader,
                "reviewed_at": at,
                "rubric_id": "R",
                "rubric_version": version,
                "purpose": purpose,
                "sampling_weight": random.choice([1, 0.25, 3]) if purpose in ("random", "targeted") else 1,
                "updated_at": at,
            }
        )
        for category, versions in RUBRIC.items():
            top = versions[version][1]
            rating = min(top, max(0, round(top * (quality + random.gauss(0, 0.2)))))
            tables["quality_ratings"].append(
                {
                    "review_id": review,
                    "category_id": category,
                    "rating": "" if random.random() < 0.1 else rating,
                }
            )


def write(folder: Path, parts: Mapping[str, Iterable[Mapping[str, Any]]], part: str = "all") -> None:
    """Write rows of entities as files of the site, named by `part`, and its site.yml."""
    for source, names in SOURCES.items():
        (folder / source).mkdir(parents=True, exist_ok=True)
        for name in names:
            rows = list(parts.get(name, ()))
            if not rows:
                continue
            label = name if name in _REFERENCE else f"{name}_{part}"
            with (folder / source / f"{label}.csv").open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, list(rows[0]))
                writer.writeheader()
                writer.writerows({key: _text(value) for key, value in row.items()} for row in rows)
    (folder / "site.yml").write_text(
        "site: quality\ntimezone: Europe/Dublin\n"
        f"as_of: {AS_OF:%Y-%m-%dT%H:%M:%SZ}\n"
        "sources:\n"
        "  - {name: desk, connector: canonical_files, path: desk}\n"
        "  - {name: polls, connector: canonical_files, path: polls, refers_to: {ticket_id: desk}}\n"
        "  - {name: qa, connector: canonical_files, path: qa,\n"
        "     refers_to: {ticket_id: desk, agent_id: desk}}\n",
        encoding="utf-8",
    )


def _text(value: Any) -> Any:
    return (
        value.isoformat()
        if isinstance(value, datetime)
        else str(value).lower()
        if isinstance(value, bool)
        else value
    )
