"""A site folder of canonical CSV files, read into plain objects.

Belongs here: `site.yml`, the CSV files, the contract's types and defaults, naive times by zone (A42),
duplicates (A43), `refers_to` and `shared_reference` (A41). Does not belong here: any rule about what the
values mean. The files are expected to keep the contract; a row that breaks it raises.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path

import yaml

from .instants import instant_of, parse_instant, parse_minutes

Row = dict[str, str]


@dataclass(frozen=True)
class Ticket:
    """The current snapshot of a ticket. `values` holds every column as text, null as None."""

    source_id: str
    ticket_id: str
    created_at: int
    updated_at: int
    submitter_role: str
    is_public: bool
    is_deleted: bool
    is_spam: bool
    merged_into: str | None
    follow_up_of: str | None
    values: dict[str, str | None]


@dataclass(frozen=True)
class Event:
    """One entry of a ticket's history. `occurred_at` is the original time, `at` the same not before creation
    (A1)."""

    event_id: str
    ticket_id: str
    occurred_at: int
    at: int
    sequence_no: int
    recorded_at: int
    event_type: str
    field: str | None
    old_value: str | None
    new_value: str | None
    actor_id: str | None
    actor_role: str
    is_public: bool
    reference: str | None


@dataclass(frozen=True)
class Validity:
    """From (included) to (excluded); None is open."""

    valid_from: int | None
    valid_to: int | None

    def holds(self, instant: int) -> bool:
        """Whether the instant lies inside."""
        return (self.valid_from is None or self.valid_from <= instant) and (
            self.valid_to is None or instant < self.valid_to
        )

    def start(self) -> int:
        """`valid_from` as a number to compare; none is the earliest (A17)."""
        return -(1 << 62) if self.valid_from is None else self.valid_from


@dataclass(frozen=True)
class Versioned:
    """A row of a reference table: its columns as text and when it holds."""

    values: dict[str, str | None]
    validity: Validity


@dataclass(frozen=True)
class ScheduleRow:
    schedule_id: str
    zone: str
    weekday: int | None
    opens: int | None
    closes: int | None
    is_default: bool
    validity: Validity


@dataclass(frozen=True)
class Holiday:
    schedule_id: str
    starts_on: date
    ends_on: date
    starts_at: int
    ends_at: int


@dataclass
class SourceData:
    """Everything one source delivered (and the shared reference rows, once per source)."""

    name: str
    refers_to: dict[str, str]
    tickets: dict[str, Ticket] = field(default_factory=dict)
    events: dict[str, list[Event]] = field(default_factory=dict)
    status_map: list[Versioned] = field(default_factory=list)
    agents: list[Versioned] = field(default_factory=list)
    groups: list[Versioned] = field(default_factory=list)
    policies: list[Versioned] = field(default_factory=list)
    targets: list[Versioned] = field(default_factory=list)
    schedules: list[ScheduleRow] = field(default_factory=list)
    holidays: list[Holiday] = field(default_factory=list)


@dataclass
class SiteData:
    name: str
    timezone: str | None
    as_of: int
    sources: dict[str, SourceData]


def read_site(folder: Path, as_of: int | None = None) -> SiteData:
    """Read a site; `as_of` (an instant) overrides the one of `site.yml`. Raises ValueError when neither is
    there."""
    file = folder if folder.is_file() else folder / "site.yml"
    folder = file.parent
    config = yaml.safe_load(file.read_text(encoding="utf-8"))
    if as_of is None:
        if config.get("as_of") is None:
            raise ValueError(f"{file}: no as_of, give one")
        given = config["as_of"]
        as_of = (
            parse_instant(given, config.get("timezone") or "UTC")
            if isinstance(given, str)
            else instant_of(
                given if isinstance(given, datetime) else datetime.fromisoformat(f"{given}T00:00Z")
            )
        )
    shared = folder / config["shared_reference"] if config.get("shared_reference") else None
    sources = {}
    for entry in config["sources"]:
        zone = entry.get("timezone") or config.get("timezone")
        source = SourceData(entry["name"], dict(entry.get("refers_to") or {}))
        _read_facts(source, folder / entry["path"], zone)
        for place in [folder / entry["path"], *([shared] if shared else [])]:
            read_reference(source, partial(_rows, place), zone)
        sources[source.name] = source
    return SiteData(config["site"], config.get("timezone"), as_of, sources)


def _rows(folder: Path, entity: str) -> list[Row]:
    """All rows of `<entity>*.csv` and `<entity>/*.csv`; an empty cell is absent from the row."""
    files = sorted(folder.glob(f"{entity}*.csv")) + sorted((folder / entity).glob("*.csv"))
    rows = []
    for file in files:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            rows += [
                {k: v for k, v in row.items() if k and v not in (None, "")} for row in csv.DictReader(lines)
            ]
    return rows


def _flag(text: str | None, default: bool) -> bool:
    return default if text is None else text.strip().lower() in ("true", "1")


def _read_facts(source: SourceData, folder: Path, zone: str | None) -> None:
    for row in _rows(folder, "tickets"):
        ticket = _ticket(source.name, row, zone)
        known = source.tickets.get(ticket.ticket_id)
        if known is None or ticket.updated_at > known.updated_at:  # A43
            source.tickets[ticket.ticket_id] = ticket
    latest: dict[str, Event] = {}
    for row in _rows(folder, "ticket_events"):
        owner = source.tickets.get(row["ticket_id"])
        event = _event(row, zone, owner.created_at if owner else None)
        known_event = latest.get(event.event_id)
        if known_event is None or event.recorded_at > known_event.recorded_at:  # A43
            latest[event.event_id] = event
    for event in latest.values():
        if event.ticket_id in source.tickets:  # events of unknown tickets stay out (A43)
            source.events.setdefault(event.ticket_id, []).append(event)
    for events in source.events.values():
        events.sort(key=lambda e: (e.occurred_at, e.sequence_no, e.event_id.encode()))  # A1


def _ticket(source_id: str, row: Row, zone: str | None) -> Ticket:
    return Ticket(
        source_id=source_id,
        ticket_id=row["ticket_id"],
        created_at=parse_instant(row["created_at"], zone),
        updated_at=parse_instant(row["updated_at"], zone),
        submitter_role=row.get("submitter_role", "requester"),
        is_public=_flag(row.get("is_public"), True),
        is_deleted=_flag(row.get("is_deleted"), False),
        is_spam=_flag(row.get("is_spam"), False),
        merged_into=row.get("merged_into"),
        follow_up_of=row.get("follow_up_of"),
        values=dict(row),
    )


def _event(row: Row, zone: str | None, created_at: int | None) -> Event:
    occurred_at = parse_instant(row["occurred_at"], zone)
    return Event(
        event_id=row["event_id"],
        ticket_id=row["ticket_id"],
        occurred_at=occurred_at,
        at=occurred_at if created_at is None else max(occurred_at, created_at),
        sequence_no=int(row.get("sequence_no", 0)),
        recorded_at=parse_instant(row["recorded_at"], zone) if "recorded_at" in row else occurred_at,
        event_type=row["event_type"],
        field=row.get("field"),
        old_value=row.get("old_value"),
        new_value=row.get("new_value"),
        actor_id=row.get("actor_id"),
        actor_role=row.get("actor_role", "system"),  # A8
        is_public=_flag(row.get("is_public"), True),  # A8
        reference=row.get("reference"),
    )


def read_reference(source: SourceData, rows_of: Callable[[str], list[Row]], zone: str | None) -> None:
    """Add reference rows to a source; `rows_of` gives the rows of an entity, empty cells absent or empty."""

    def rows(entity: str) -> list[Row]:
        return [{k: v for k, v in row.items() if v} for row in rows_of(entity)]

    def versioned(entity: str) -> list[Versioned]:
        return [Versioned(dict(row), _validity(row, zone)) for row in rows(entity)]

    source.status_map += versioned("status_map")
    source.agents += versioned("agents")
    source.groups += versioned("groups")
    source.policies += versioned("sla_policies")
    source.targets += versioned("sla_targets")
    for row in rows("schedules"):
        source.schedules.append(
            ScheduleRow(
                schedule_id=row["schedule_id"],
                zone=row["timezone"],
                weekday=int(row["weekday"]) if "weekday" in row else None,
                opens=parse_minutes(row["opens_at"]) if "opens_at" in row else None,
                closes=parse_minutes(row["closes_at"]) if "closes_at" in row else None,
                is_default=_flag(row.get("is_default"), False),
                validity=_validity(row, zone),
            )
        )
    for row in rows("holidays"):
        source.holidays.append(
            Holiday(
                schedule_id=row["schedule_id"],
                starts_on=date.fromisoformat(row["starts_on"]),
                ends_on=date.fromisoformat(row["ends_on"]),
                starts_at=parse_minutes(row.get("starts_at", "00:00")),  # A37
                ends_at=parse_minutes(row.get("ends_at", "24:00")),  # A37
            )
        )


def _validity(row: Row, zone: str | None) -> Validity:
    return Validity(
        parse_instant(row["valid_from"], zone) if "valid_from" in row else None,
        parse_instant(row["valid_to"], zone) if "valid_to" in row else None,
    )
