"""A site with complaints drawn at random, most of them near the bounds of reporting periods.

Belongs here: drawing such a site and writing it as files. Does not belong here: what the report must say
(`dsa_reference`).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

AS_OF = datetime(2026, 2, 10, 9, tzinfo=UTC)
ZONE = "America/New_York"
# Instants round which complaints come in: bounds of periods in New York and in UTC, in summer and in winter.
_BOUNDS = [
    datetime(2025, 1, 1, 5, tzinfo=UTC),
    datetime(2025, 7, 1, tzinfo=UTC),
    datetime(2025, 7, 1, 4, tzinfo=UTC),
    datetime(2025, 11, 2, 6, tzinfo=UTC),
    datetime(2026, 1, 1, 5, tzinfo=UTC),
    AS_OF,
]
_ABOUT = ("decision", "decision", "decision", "notice", "trusted_flagger_notice")
_RESTRICTIONS = ("visibility", "service", "account", "monetisation")
_OUTCOMES = ("upheld", "reversed", "partially_reversed", "omitted", "withdrawn", None)
_GROUNDS = ("illegal_content", "unfounded_notices", "unfounded_complaints")


@dataclass(frozen=True)
class Decision:
    """A row of `decisions`."""

    decision_id: str
    decided_at: datetime
    restriction: str
    updated_at: datetime


@dataclass(frozen=True)
class Appeal:
    """A row of `appeals`; `source` is not written."""

    source: str
    appeal_id: str
    decision_id: str | None
    about: str
    body: str
    round: int
    submitted_at: datetime
    decided_at: datetime | None
    notified_at: datetime | None
    outcome: str | None
    new_restriction: bool | None
    ods_implemented: bool | None
    updated_at: datetime


@dataclass(frozen=True)
class Suspension:
    """A row of `suspensions`."""

    suspension_id: str
    suspended_at: datetime
    ground: str
    updated_at: datetime


@dataclass(frozen=True)
class DsaSite:
    """What a site has: decisions and appeals of two sources, of which `quiet` never tells a notification."""

    decisions: dict[str, list[Decision]]
    appeals: list[Appeal]
    suspensions: list[Suspension]


def draw(random: Random, appeals: int = 900) -> DsaSite:
    """A site with that many complaints."""
    decisions: dict[str, list[Decision]] = {"told": [], "quiet": []}
    found = []
    for number in range(appeals):
        source = random.choice(("told", "told", "quiet"))
        submitted = _near(random)
        decision = _decision(random, decisions[source], submitted, number)
        found.append(_appeal(random, source, number, decision, submitted))
    suspensions = [
        Suspension(f"s{number}", at := _near(random), random.choice(_GROUNDS), at) for number in range(60)
    ]
    return DsaSite(decisions, found, suspensions)


def _near(random: Random) -> datetime:
    if random.random() < 0.3:  # anywhere
        return _BOUNDS[0] + timedelta(seconds=random.randrange(400 * 86_400))
    bound = random.choice(_BOUNDS)
    if random.random() < 0.2:  # to the instant
        return bound + timedelta(microseconds=random.choice((-1, 0, 1)))
    return bound + timedelta(seconds=random.randint(-9_000, 9_000))


def _decision(random: Random, known: list[Decision], before: datetime, number: int) -> str | None:
    """A new decision, one that was complained about before, one nobody delivered, or none."""
    kind = random.random()
    if kind < 0.1:
        return None
    if kind < 0.15:
        return f"missing{number}"
    if kind < 0.3 and known:
        return random.choice(known).decision_id
    at = before - timedelta(hours=random.randint(1, 900))
    known.append(Decision(f"d{number}", at, random.choice(_RESTRICTIONS), at))
    return known[-1].decision_id


def _appeal(random: Random, source: str, number: int, decision: str | None, submitted: datetime) -> Appeal:
    outcome = random.choice(_OUTCOMES)
    decided = notified = None
    if outcome is not None:
        decided = submitted + timedelta(
            seconds=random.choice((0, random.randrange(20_000), random.randrange(4_000_000)))
        )
        notified = decided + timedelta(seconds=random.choice((0, random.randrange(90_000))))
        if source == "quiet" or random.random() < 0.1 or outcome == "withdrawn":
            notified = None
        if random.random() < 0.03:
            decided = notified = None
    body = "ods" if random.random() < 0.1 else "internal"
    turned = outcome in ("reversed", "partially_reversed")
    return Appeal(
        source, f"a{number}", decision, random.choice(_ABOUT), body, random.choice((1, 1, 1, 2)), submitted,
        decided, notified, outcome,
        random.choice((True, False, None)) if turned else None,
        random.choice((True, False, None)) if turned and body == "ods" else None,
        notified or decided or submitted,
    )  # fmt: skip


def write(site: DsaSite, folder: Path) -> Path:
    """Write the site's folder and return it."""
    for source in ("told", "quiet"):
        mine = [appeal for appeal in site.appeals if appeal.source == source]
        _write(folder / source / "appeals.csv", [replace(appeal, source="") for appeal in mine], Appeal)
        _write(folder / source / "decisions.csv", site.decisions[source], Decision)
    _write(folder / "told" / "suspensions.csv", site.suspensions, Suspension)
    sources = "".join(
        f"  - {{name: {name}, connector: canonical_files, path: {name}}}\n" for name in ("told", "quiet")
    )
    (folder / "site.yml").write_text(
        f'site: tube\ntimezone: {ZONE}\nas_of: "{AS_OF.isoformat()}"\nsources:\n{sources}', encoding="utf-8"
    )
    return folder


def _write(file: Path, rows: Sequence[object], kind: type) -> None:
    names = [field.name for field in fields(kind) if field.name != "source"]
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(names)
        writer.writerows([_text(getattr(row, name)) for name in names] for row in rows)


def _text(value: object) -> str:
    if value is None:
        return ""
    return (
        value.isoformat()
        if isinstance(value, datetime)
        else str(value).lower()
        if value in (True, False)
        else str(value)
    )
