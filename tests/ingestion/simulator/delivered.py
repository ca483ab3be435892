"""Read a small delivered site (CSV) into the arrays the truth is worked out from.

Belongs here: feeding the truth with data the simulator did not draw, such as the golden cases.
Does not belong here: expectations.
"""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import yaml

from ingestion.simulator.clock import Clock, local_to_utc, micros
from ingestion.simulator.model import EVENT_TYPES, ROLES, STATE_FIELDS
from ingestion.simulator.steps import DAY
from ingestion.simulator.tape import Events
from ingestion.simulator.truth_lookups import Lookups
from ingestion.simulator.truth_tables import TruthTables
from ingestion.simulator.truth_timeline import Facts
from ingestion.simulator.vocabulary import NULL, Vocabulary

_INSTANTS = {"valid_from", "valid_to", "created_at", "updated_at", "occurred_at", "recorded_at"}
_DATES = {"starts_on", "ends_on"}
_FLAGS = {"is_default", "is_public", "is_deleted", "is_spam"}
_REFERENCE = {
    "agent_id": ("agents",),
    "group_id": ("groups",),
    "schedule_id": ("schedules", "holidays"),
    "policy_id": ("sla_policies", "sla_targets"),
    "status": ("status_map",),
}


def read(folder: Path, entity: str, zone: str) -> list[dict[str, Any]]:
    """Rows of an entity's files; instants as aware datetimes, empty texts as None."""
    rows: list[dict[str, Any]] = []
    for path in sorted(folder.glob(f"{entity}*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows += [{k: v or None for k, v in row.items()} for row in csv.DictReader(file)]
    for row in rows:
        for name, value in row.items():
            if value and name in _INSTANTS:
                moment = datetime.fromisoformat(value)
                if moment.tzinfo is None:
                    # without a float in between: microseconds count
                    instant = local_to_utc(moment, ZoneInfo(zone))
                    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)
                row[name] = moment
            elif value and name in _DATES:
                row[name] = date.fromisoformat(value)
            elif name in _FLAGS:
                row[name] = None if value is None else value in ("true", "1")
            elif value and name == "weekday":
                row[name] = int(value)
    return rows


def truth_of_site(folder: Path) -> list[TruthTables]:
    """The truth about every source of a delivered site."""
    config = yaml.safe_load((folder / "site.yml").read_text(encoding="utf-8"))
    as_of = datetime.fromisoformat(config["as_of"])
    sources = {entry["name"]: entry for entry in config["sources"]}
    found = []
    for name, entry in sources.items():
        reference: dict[str, list[dict[str, Any]]] = {}
        for kind, entities in _REFERENCE.items():
            owner = sources[(entry.get("refers_to") or {}).get(kind, name)]
            zone = owner.get("timezone") or config["timezone"]
            places = [owner["path"], *([config["shared_reference"]] if "shared_reference" in config else [])]
            for entity in entities:
                reference[entity] = [row for place in places for row in read(folder / place, entity, zone)]
        zone = entry.get("timezone") or config["timezone"]
        found.append(truth_of(folder / entry["path"], name, zone, as_of, reference))
    return found


def truth_of(
    folder: Path, source: str, zone: str, as_of: datetime, reference: dict[str, list[dict[str, Any]]]
) -> TruthTables:
    """The truth about a delivered source with these reference rows."""
    tickets = read(folder, "tickets", zone)
    latest = {row["ticket_id"]: row for row in sorted(tickets, key=lambda r: r["updated_at"])}
    tickets = list(latest.values())
    place = {row["ticket_id"]: n for n, row in enumerate(tickets)}
    sent = {}
    for row in sorted(
        read(folder, "ticket_events", zone), key=lambda r: r.get("recorded_at") or r["occurred_at"]
    ):
        sent[row["event_id"]] = row
    events = sorted(
        (e for e in sent.values() if e["ticket_id"] in place), key=lambda e: e["event_id"].encode()
    )
    words = Vocabulary()
    words.add_all((*EVENT_TYPES, *STATE_FIELDS, *ROLES))

    def codes(rows: list[dict[str, Any]], name: str) -> np.ndarray:
        return words.add_all(row.get(name) for row in rows)

    def positions(rows: list[dict[str, Any]], name: str) -> np.ndarray:
        return np.array([NULL if not r.get(name) else place.get(r[name], -9) for r in rows], np.int64)

    def numbers(rows: list[dict[str, Any]], name: str) -> np.ndarray:
        return np.array([micros(row[name]) for row in rows], np.int64)

    state = {name: codes(tickets, name) for name in STATE_FIELDS}
    columns = {
        name: codes(events, name)
        for name in ("event_type", "field", "old_value", "new_value", "actor_id", "actor_role", "reference")
    }
    merges = np.array([e["event_type"] == "merge" for e in events], bool)
    submitter = words.add_all(row.get("submitter_role") or "requester" for row in tickets)
    channel, segment = codes(tickets, "channel"), codes(tickets, "requester_segment")
    first = min((micros(t["created_at"]) for t in tickets), default=micros(as_of))
    clock = Clock(reference["schedules"], reference["holidays"], first - 30 * DAY, micros(as_of) + 372 * DAY)
    look = Lookups(words, reference, clock)
    facts = Facts(
        created=numbers(tickets, "created_at"),
        updated=numbers(tickets, "updated_at"),
        channel=channel,
        segment=segment,
        submitter=submitter,
        public=np.array([row.get("is_public") is not False for row in tickets], bool),
        follow_up_of=positions(tickets, "follow_up_of"),
        merged_into=positions(tickets, "merged_into"),
        deleted=np.array([row.get("is_deleted") is True for row in tickets], bool),
        spam=np.array([row.get("is_spam") is True for row in tickets], bool),
        state=state,
        events=Events(
            ticket=np.array([place[e["ticket_id"]] for e in events], np.int64),
            at=numbers(events, "occurred_at"),
            sequence=np.array([int(e.get("sequence_no") or 0) for e in events], np.int64),
            type=columns["event_type"],
            field=columns["field"],
            old=columns["old_value"],
            new=columns["new_value"],
            actor=columns["actor_id"],
            role=columns["actor_role"],
            public=np.array([{True: 1, False: 0}.get(e.get("is_public"), -1) for e in events], np.int8),
            reference=np.where(merges, positions(events, "reference"), columns["reference"]),
            body=np.full(len(events), NULL, np.int32),
        ),
        as_of=micros(as_of),
    )
    return TruthTables(
        facts,
        look,
        source,
        pa.array([r["ticket_id"] for r in tickets]),
        pa.array([e["event_id"] for e in events]),
    )
