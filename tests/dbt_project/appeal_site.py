"""Random sites of decisions and complaints, hostile where the contract allows it.

Belongs here: drawing rows and writing them as files, also shuffled, split and sent twice.
Does not belong here: what is true of them (`appeal_facts`).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

Row = dict[str, Any]
AS_OF = datetime(2026, 7, 1, 6, 0, tzinfo=UTC)
ENTITIES = ("decisions", "appeals", "appeal_decisions")

SITE = """site: appealed
timezone: Europe/Berlin
as_of: "2026-07-01T06:00:00Z"
sources:
  - {name: desk, connector: canonical_files, path: desk}
  - {name: ods, connector: canonical_files, path: ods, refers_to: {decision_id: desk}}
"""
POLICIES = """policy_id,name,position,market,language,valid_from
p1,Central,1,DE;FR,,
p2,Brazil,2,,pt-BR,2026-02-01T00:00:00Z
p3,Nobody,3,,pt-BR,
p4,Rest,4,,,
"""
TARGETS = """policy_id,metric,priority,target_minutes,hours,valid_from,valid_to
p1,appeal_decision,,960,business,,
p2,appeal_decision,,600,calendar,,2026-05-01T00:00:00Z
p2,appeal_decision,,300,calendar,2026-05-01T00:00:00Z,
p3,first_reply,,60,calendar,,
p4,appeal_decision,,1440,calendar,,
p4,appeal_decision,high,1,calendar,,
"""
SCHEDULES = "schedule_id,name,timezone,weekday,opens_at,closes_at,is_default\n" + "".join(
    f"s,Office,Europe/Berlin,{day},09:00,17:00,true\n" for day in range(1, 6)
)


def draw(seed: int, decisions: int = 250) -> dict[str, dict[str, list[Row]]]:
    """Rows by source and entity; most complaints share decisions, and many times are equal."""
    random = Random(seed)
    start = datetime(2025, 8, 1, tzinfo=UTC)

    def instant(after: datetime, most_hours: int) -> datetime:
        # whole hours, so that ties are frequent; now and then to the microsecond
        exact = (
            timedelta(microseconds=random.randrange(3_600_000_000)) if random.random() < 0.2 else timedelta()
        )
        return after + timedelta(hours=random.randrange(most_hours)) + exact

    made: list[Row] = []
    for number in range(decisions):
        decided = instant(start, 24 * 335)
        notified = instant(decided, 72) if random.random() < 0.85 else None
        restored = instant(decided, 2_000) if random.random() < 0.15 else None
        made.append(
            {
                "decision_id": f"D{number}",
                "decided_at": decided,
                "notified_at": notified,
                "restriction": random.choice(("visibility", "monetisation", "service", "account")),
                "policy_category": random.choice(("spam", "hate", None)),
                "surface": "video",
                "automated_decision": random.choice(("not", "fully", None)),
                "decider_tier": random.choice(("T1", "T2", None)),
                "is_minor": random.choice((True, False, False, None)),
                "restored_at": restored,
                "restored_reason": restored and random.choice(("appeal", "own_initiative", "ods")),
                "updated_at": decided,
            }
        )
    found: dict[str, dict[str, list[Row]]] = {"desk": {"decisions": made}, "ods": {"decisions": []}}
    for source, many in (("desk", decisions * 2), ("ods", decisions // 3)):
        appeals, pairs = [], []
        for number in range(many):
            # some decisions nobody delivered, some complaints about none
            of = random.choice([*(row["decision_id"] for row in made[: decisions // 2]), "D-lost", None])
            submitted = instant(datetime(2025, 9, 1, tzinfo=UTC), 24 * 320)
            ended = random.random() < 0.8
            decided_at = instant(submitted, 400) if ended and random.random() < 0.9 else None
            told = instant(decided_at or submitted, 90) if ended and random.random() < 0.7 else None
            outcomes = ("upheld", "reversed", "partially_reversed", "omitted", "withdrawn")
            appeals.append(
                {
                    "appeal_id": f"A{number}",
                    "decision_id": of,
                    "about": "decision" if of else "notice",
                    "body": "ods" if source == "ods" else "internal",
                    "round": random.choice((1, 1, 2)),
                    "submitted_at": submitted,
                    "decided_at": decided_at,
                    "notified_at": told,
                    "outcome": random.choice(outcomes) if ended else None,
                    "new_restriction": random.choice((True, False, None)),
                    "ods_implemented": random.choice((True, False)) if source == "ods" else None,
                    "market": random.choice(("DE", "US", "BR", None)),
                    "language": random.choice(("de", "pt-BR", None)),
                    "updated_at": submitted,
                }
            )
            if random.random() < 0.1:
                for other in random.sample([row["decision_id"] for row in made], random.choice((1, 3))):
                    pairs.append({"appeal_id": f"A{number}", "decision_id": other})
        found[source] |= {"appeals": appeals, "appeal_decisions": pairs}
    return found


def write(folder: Path, rows: dict[str, dict[str, list[Row]]], shuffle: int | None = None) -> Path:
    """Write the site; with `shuffle` in random order, in several files, a third of the rows twice, and behind
    older versions of some."""
    folder.mkdir(parents=True)
    (folder / "site.yml").write_text(SITE, encoding="utf-8")
    random = Random(shuffle)
    for source, entities in rows.items():
        place = folder / source
        place.mkdir()
        for name, text in (("sla_policies", POLICIES), ("sla_targets", TARGETS), ("schedules", SCHEDULES)):
            (place / f"{name}.csv").write_text(text, encoding="utf-8")
        for entity, listed in entities.items():
            sent = list(listed)
            if shuffle is not None:
                sent += [row for row in listed if random.random() < 0.3]
                sent += [_older(row) for row in listed if "updated_at" in row and random.random() < 0.3]
                random.shuffle(sent)
            parts = 1 if shuffle is None else 3
            for part in range(parts):
                _write_csv(place / f"{entity}_{part}.csv", sent[part::parts])
    return folder


def _older(row: Row) -> Row:
    """What the source said a day before: not decided, or of another kind."""
    changed = {**row, "updated_at": row["updated_at"] - timedelta(days=1)}
    if "appeal_id" in row:
        return {**changed, "outcome": None, "decided_at": None, "notified_at": None}
    return {**changed, "restriction": "service", "restored_at": None, "restored_reason": None}


def _write_csv(file: Path, rows: Sequence[Row]) -> None:
    if not rows:
        return
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows({name: _text(value) for name, value in row.items()} for row in rows)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else str(value)
