"""Hostile random tickets and events of one source.

Belongs here: which events a ticket has and when: clustered around window edges, clock changes, exact targets,
`as_of`, bursts inside one instant. Does not belong here: reference data (`random_reference`), files
(`random_sites`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from zlib import crc32

from .business_time import Calendar, TicketTime
from .instants import DAY, HOUR, MINUTE, SECOND, datetime_of, offset, parse_instant, wall_clock
from .intervals import clip, used_up_at
from .random_reference import (
    AGENTS,
    CATEGORIES,
    CHANNELS,
    CUSTOM_STATUSES,
    GROUPS,
    LANGUAGES,
    LOBS,
    MARKETS,
    PRIORITIES,
    SCHEDULES,
    SEGMENTS,
    Period,
    TextRow,
)

FIELDS: dict[str, tuple[str, ...]] = {
    "status": (*CATEGORIES, *CATEGORIES, "open", "solved", "solved", *CUSTOM_STATUSES, "nobody_knows"),
    "priority": (*PRIORITIES, ""),
    "line_of_business": (*LOBS, ""),
    "group_id": (*GROUPS, ""),
    "assignee_id": (*AGENTS, *AGENTS, "", ""),
    "schedule_id": (*SCHEDULES, "", "s_unknown"),
    "market": (*MARKETS, ""),
    "language": (*LANGUAGES, ""),
}
FIELD_WEIGHTS = (40, 10, 8, 8, 18, 8, 4, 4)
KINDS = ("field_change", "message", "macro", "other_field", "delete", "restore", "merge", "spam")
KIND_WEIGHTS = (46, 38, 5, 4, 3, 3, 0.7, 0.3)


@dataclass
class World:
    """What the tickets of one source live in."""

    period: Period
    zone: str | None  # times are written naive in it, if given
    calendar: Calendar
    anchors: list[int]
    targets: list[int]  # minutes, of the source's SLA targets
    tickets: list[TextRow] = field(default_factory=list)
    events: list[TextRow] = field(default_factory=list)
    event_count: int = 0

    def text(self, rng: Random, instant: int) -> str:
        """An instant as the source would write it."""
        if self.zone is not None and rng.random() < 0.95:
            wall = wall_clock(self.zone, instant)
            skipped = offset(self.zone, instant) - offset(self.zone, instant - HOUR)
            if skipped > 0 and rng.random() < 0.5:
                wall -= skipped  # a time that no clock has shown
            moment = datetime_of(wall).replace(tzinfo=None)
            return moment.isoformat(sep=rng.choice("T "))
        if rng.random() < 0.1:  # another offset, the same instant
            ahead = offset("Asia/Kathmandu", instant)
            return datetime_of(instant + ahead).isoformat().replace("+00:00", "+05:45")
        return datetime_of(instant).isoformat(sep=rng.choice("T ")).replace("+00:00", "Z")


def anchors(
    calendar: Calendar, zones: set[str], period: Period, reference: list[TextRow], zone_of_text: str
) -> list[int]:
    """Instants worth being near: window edges, default and version changes, clock changes, `as_of`."""
    found = {edge for _, edge, _ in calendar.defaults} | {period.as_of}
    for schedule_id in SCHEDULES:
        for start, end in clip(calendar.open(schedule_id), period.start, period.as_of)[:400]:
            found |= {start, end}
    for zone in zones:
        for at in range(period.start, period.as_of, 30 * MINUTE):
            if at % (6 * HOUR) == 0 and offset(zone, at) != offset(zone, at + 6 * HOUR):
                steps = range(at, at + 6 * HOUR, 15 * MINUTE)
                found |= {s for s in steps if offset(zone, s - 15 * MINUTE) != offset(zone, s)}
    for row in reference:
        for column in ("valid_from", "valid_to"):
            if row.get(column):
                found.add(parse_instant(row[column], zone_of_text))
    return sorted(at for at in found if period.start <= at <= period.as_of + DAY)


def _jitter(rng: Random) -> int:
    return rng.choice((0, 0, 0, 1, -1, SECOND, -SECOND, 5 * MINUTE, -7 * MINUTE, rng.randrange(-HOUR, HOUR)))


def _next_time(rng: Random, world: World, now: int) -> int:
    """When the next event happens: at once, soon, near an anchor, or some time later."""
    style = rng.random()
    if style < 0.22:
        return now
    if style < 0.45:
        return now + rng.choice((1, 250_000, SECOND, 10 * MINUTE, rng.randrange(3 * HOUR)))
    if style < 0.80 and world.anchors:
        near = [a for a in world.anchors if now <= a <= now + 12 * DAY]
        if near:
            return max(now, rng.choice(near) + _jitter(rng))
    return now + rng.randrange(rng.choice((HOUR, DAY, 9 * DAY)))


def _on_target(rng: Random, world: World, base: int, schedule_id: str) -> int:
    """The instant at which a target counted from `base` is used up, in calendar or in business time, or next
    to it."""
    target = rng.choice(world.targets) * MINUTE
    at = base + target
    if rng.random() < 0.6:
        pieces = world.calendar.resolve(base, base + 30 * DAY, schedule_id or None)
        at = used_up_at(TicketTime(world.calendar, pieces).open, target) or at
    return at + rng.choice((0, 0, 0, 1, -1, SECOND))


def add_ticket(rng: Random, world: World, ticket_id: str, others: list[str], merged_into: str | None) -> None:
    """Add one ticket with its history. `merged_into` is planned by the caller so that chains and cycles
    exist."""
    period = world.period
    created = rng.randrange(period.start, period.as_of)
    if world.anchors and rng.random() < 0.5:
        created = max(period.start, rng.choice(world.anchors) + _jitter(rng))
    used_up = max(period.start, period.as_of - rng.choice(world.targets) * MINUTE)  # exactly at as_of
    created = rng.choices((created, period.as_of, period.as_of + HOUR, used_up), (92, 2, 2, 4))[0]
    current = {name: rng.choice(values) for name, values in FIELDS.items()}
    if rng.random() < 0.6:
        current["status"] = rng.choice(("new", "open"))
    if rng.random() < 0.5:
        current["schedule_id"] = ""  # the default
    submitter = rng.choices(("", "requester", "agent", "system", "bot"), (50, 20, 15, 7, 8))[0]
    first_values = dict(current)
    changed: set[str] = set()
    now, bases = created, [created]
    punctual = rng.choice((0.1, 0.1, 0.1, 0.8))  # how often an event falls exactly on a target
    if rng.random() < 0.6:  # a creating message, sometimes by somebody else
        role = (submitter or "requester") if rng.random() < 0.85 else "agent"
        _event(rng, world, ticket_id, created, "message", actor_role=role, is_public=rng.choice(("", "true")))
    has_merge_event = merged_into is not None and rng.random() < 0.7
    merge_after = rng.randrange(8)
    for number in range(rng.choice((0, 1, 2, 4, 6, 8, 10, 14, 20, 30))):
        kind = rng.choices(KINDS, KIND_WEIGHTS)[0]
        if rng.random() < punctual:
            now = max(now, _on_target(rng, world, rng.choice(bases[-2:]), current["schedule_id"]))
            kind = rng.choice(("reply", "reply", "solve", "message", "field_change"))
        else:
            now = _next_time(rng, world, now)
        at = now if rng.random() < 0.97 else created - rng.randrange(1, DAY)  # clock skew
        if has_merge_event and number == merge_after:
            kind = "merge"
        if kind == "merge" and not has_merge_event:
            continue
        if kind in ("field_change", "solve"):
            _change(rng, world, ticket_id, at, current, changed, is_solve=kind == "solve")
        elif kind == "merge":
            reference = (merged_into or "") if rng.random() < 0.9 else ""
            _event(rng, world, ticket_id, at, "merge", reference=reference, actor_role="agent")
        else:
            _simple(rng, world, ticket_id, at, kind)
        bases.append(now)
    row = {
        name: value if rng.random() < 0.95 else rng.choice(FIELDS[name]) for name, value in current.items()
    }
    row |= {name: first_values[name] for name in FIELDS if name not in changed}
    row["status"] = row["status"] or "open"
    updated = max(now, created) + rng.choice((0, 0, HOUR, DAY))
    flags = rng.random()
    row |= {
        "ticket_id": ticket_id,
        "created_at": world.text(rng, created),
        "updated_at": datetime_of(updated).isoformat(),
        "channel": rng.choice(CHANNELS),
        "requester_segment": rng.choice((*SEGMENTS, "")),
        "contact_reason": rng.choice(("", "payout")),
        "submitter_role": submitter,
        "is_public": rng.choices(("", "true", "1", "false", "0"), (60, 15, 10, 10, 5))[0],
        "follow_up_of": _followed(rng, others, ticket_id, created > period.as_of),
        "merged_into": merged_into or "",
        "is_deleted": "true" if flags < 0.03 else rng.choice(("", "false")),
        "is_spam": "1" if 0.03 < flags < 0.045 else "",
        "is_minor": "true" if crc32(ticket_id.encode()) % 4 == 0 else "",
    }
    world.tickets.append(row)
    if rng.random() < 0.04:  # an older snapshot of the same ticket, and the same once more
        older = dict(row, status="open", priority="low", is_deleted="", merged_into="")
        older["updated_at"] = datetime_of(updated - HOUR).isoformat()
        world.tickets += [older, dict(row)]


def _followed(rng: Random, others: list[str], ticket_id: str, is_late: bool) -> str:
    """The ticket this one follows up; more often for tickets that do not exist yet at as_of."""
    candidates = [i for i in others[:50] if i != ticket_id]
    return rng.choice(candidates) if candidates and rng.random() < (0.6 if is_late else 0.04) else ""


def _change(
    rng: Random,
    world: World,
    ticket_id: str,
    at: int,
    current: dict[str, str],
    changed: set[str],
    is_solve: bool,
) -> None:
    """A field change: mostly with an old value that is right the first time, later often null or a lie."""
    name = "status" if is_solve else rng.choices(tuple(FIELDS), FIELD_WEIGHTS)[0]
    new = current[name] if rng.random() < 0.08 else rng.choice(FIELDS[name])
    if is_solve:
        new = "solved"
    old = current[name]
    if rng.random() < 0.25:
        old = rng.choice(("", rng.choice(FIELDS[name])))
    changed.add(name)
    _event(
        rng,
        world,
        ticket_id,
        at,
        "field_change",
        field=name,
        old_value=old,
        new_value=new,
        actor_role=rng.choice(("agent", "system", "")),
    )
    current[name] = new


def _simple(rng: Random, world: World, ticket_id: str, at: int, kind: str) -> None:
    if kind in ("message", "reply"):
        role = rng.choices(("agent", "requester", "bot", "system", ""), (42, 40, 8, 5, 5))[0]
        public = rng.choices(("true", "", "1", "false"), (50, 25, 10, 15))[0]
        if kind == "reply":
            role, public = "agent", "true"
        actor = rng.choice((*AGENTS, "a_unknown", "")) if role == "agent" else ""
        if actor and rng.random() < 0.15:
            macro = rng.choice(("m1", "m2"))
            _event(rng, world, ticket_id, at, "macro", reference=macro, actor_id=actor, actor_role="agent")
            at += rng.choice((0, 0, 0, 1))
        _event(rng, world, ticket_id, at, "message", actor_role=role, is_public=public, actor_id=actor)
    elif kind == "macro":
        # Another writer's macro; never a second one of the actor whose reply it could be taken for.
        _event(rng, world, ticket_id, at, "macro", reference="m9", actor_id="a_other", actor_role="agent")
    elif kind == "other_field":
        name = rng.choice(("contact_reason", "custom_7"))
        _event(rng, world, ticket_id, at, "field_change", field=name, old_value="x", new_value="y")
    else:
        _event(rng, world, ticket_id, at, kind, actor_role="agent")


def _event(rng: Random, world: World, ticket_id: str, at: int, event_type: str, **values: str) -> None:
    """Append an event; ids whose byte order is not their order of creation, few sequence numbers,
    duplicates."""
    world.event_count += 1
    prefix = rng.choice(("e", "E", "é", "z", "_", ""))
    row = {
        "event_id": f"{prefix}{rng.randrange(100)}-{world.event_count}",
        "ticket_id": ticket_id,
        "occurred_at": world.text(rng, at),
        "sequence_no": rng.choice(("", "0", "1", "1", "2", "3", "10", str(world.event_count % 50))),
        "event_type": event_type,
        **values,
    }
    if rng.random() < 0.3:
        row["recorded_at"] = datetime_of(at + 2 * HOUR).isoformat()
    world.events.append(row)
    if rng.random() < 0.02:  # delivered again: the same, or an older version that says something else
        again = dict(row)
        if row.get("recorded_at"):
            again["recorded_at"] = datetime_of(at + HOUR).isoformat()
            if event_type == "message":
                again["is_public"], again["actor_role"] = "false", "bot"
        world.events.append(again)
