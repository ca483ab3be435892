"""Hostile random reference data: schedules, holidays, rosters, groups, status maps.

Belongs here: reference tables of one source, as rows of text that keep the contract. Two versions of one
thing never share a `valid_from`, since the specification does not say which of them would count.
Does not belong here: SLA policies (`random_policies`), tickets (`random_tickets`), files (`random_sites`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from .instants import DAY, HOUR, MINUTE, datetime_of, offset

TextRow = dict[str, str]
Tables = dict[str, list[TextRow]]

ZONES = (
    "UTC",
    "Europe/London",
    "Europe/Berlin",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Sao_Paulo",
    "America/New_York",
    "America/Havana",
    "Atlantic/Azores",
    "America/St_Johns",
    "Pacific/Chatham",
)
CATEGORIES = ("new", "open", "pending", "on_hold", "solved", "closed")
CUSTOM_STATUSES = ("triage", "waiting_vendor", "done", "parked", "escalated", "Solved")
LOBS = ("creator_rewards", "verification", "account_access", "minor_protection")
CHANNELS = ("in_app", "webform", "email", "internal_form", "chat")
MARKETS = ("FR", "DE", "US", "BR")
LANGUAGES = ("fr", "de", "en", "pt-BR")
SEGMENTS = ("top", "rising", "long tail")
PRIORITIES = ("low", "normal", "high", "urgent")
AGENTS = tuple(f"a{i}" for i in range(1, 8))
GROUPS = ("g1", "g2", "g3", "g4")
SCHEDULES = ("s1", "s2", "s3", "s4", "S5")


@dataclass
class Period:
    """The stretch of time a site plays in."""

    start: int
    as_of: int

    def moment(self, rng: Random) -> int:
        """A round-ish instant in the period."""
        step = rng.choice((DAY, HOUR, 15 * MINUTE, MINUTE))
        instant = rng.randrange(self.start, self.as_of)
        return instant - instant % step

    def day(self, rng: Random) -> date:
        """A date in the period."""
        return datetime_of(rng.randrange(self.start, self.as_of)).date()


def stamp(rng: Random, instant: int) -> str:
    """An instant as text with an offset; a UTC midnight also as a midnight of the source's zone."""
    moment = datetime_of(instant)
    if instant % DAY == 0 and rng.random() < 0.4:
        return rng.choice((moment.date().isoformat(), moment.replace(tzinfo=None).isoformat()))
    return moment.isoformat().replace("+00:00", rng.choice(("Z", "+00:00")))


def validities(rng: Random, period: Period, count: int) -> list[tuple[str, str]]:
    """`count` versions' (valid_from, valid_to) as text: adjoining, with gaps, overlapping, within one day."""
    style = rng.choice(("adjoining", "adjoining", "adjoining", "gap", "overlapping", "same day"))
    if count == 1:
        return [("", "")] if rng.random() < 0.9 else [("", stamp(rng, period.moment(rng)))]
    if style == "same day":
        noon = period.moment(rng) // DAY * DAY + 12 * HOUR
        cuts = [noon + i * 45 * MINUTE for i in range(count - 1)]
    else:
        # A week apart keeps bare dates and overlaps in order whatever the zone.
        span = max((period.as_of - period.start) // (count + 1), 7 * DAY)
        cuts = [period.start + (i + 1) * span + rng.randrange(4) * HOUR for i in range(count - 1)]
    starts = [None, *cuts]
    ends: list[int | None] = [*cuts, None]
    if style == "gap":
        ends = [e - 2 * DAY - 3 * HOUR if e is not None else None for e in ends]
    if style == "overlapping":
        ends = [e + 3 * DAY if e is not None else None for e in ends]
    return [
        ("" if s is None else stamp(rng, s), "" if e is None else stamp(rng, e))
        for s, e in zip(starts, ends, strict=True)
    ]


def clock(minutes: int) -> str:
    """Minutes after midnight as HH:MM."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _windows(rng: Random) -> list[tuple[int, str, str]]:
    """(weekday, opens, closes) of one version."""
    style = rng.randrange(11)
    week = range(1, 8)
    if style <= 1:
        return [(d, "09:00", "17:00") for d in range(1, 6)]
    if style == 2:
        return [(d, "00:00", "24:00") for d in week]
    if style == 3:
        return [(d, "22:00", "06:00") for d in week if rng.random() < 0.8]
    if style == 4:
        return [(d, a, b) for d in range(1, 6) for a, b in (("09:00", "12:00"), ("13:00", "17:30"))]
    if style == 5:
        touching = (("08:00", "12:00"), ("12:00", "15:00"), ("14:00", "18:00"))
        return [(d, a, b) for d in week for a, b in touching]
    if style == 6:
        return [(rng.randint(1, 7), "18:00", rng.choice(("26:00", "36:30", "48:00"))) for _ in range(3)]
    if style == 7:
        at = rng.choice(("09:00", "00:00", "02:30"))
        return [(rng.randint(1, 7), at, at) for _ in range(2)]
    if style == 9:  # a long evening that closes in an hour that is often shown twice
        closes = rng.choice(("23:30", "00:30", "01:30", "01:45", "02:30"))
        return [(d, "16:00", closes) for d in week]
    if style == 8:  # edges where clocks are often changed
        openings = ("00:00", "00:30", "01:15", "01:30", "02:30")
        closings = ("00:30", "01:30", "02:30", "03:00", "04:15", "24:00", "25:30")
        return [(d, rng.choice(openings), rng.choice(closings)) for d in week]
    found = []
    for _ in range(rng.randint(1, 9)):
        opens = rng.randrange(0, 1440, 15)
        found.append((rng.randint(1, 7), clock(opens), clock(rng.randrange(15, 2881, 15))))
    return found


def schedules(rng: Random, period: Period) -> list[TextRow]:
    """Schedules with versions; the default may change, be several at once, or be missing."""
    rows = []
    default_style = rng.choice(("one", "one", "some", "some", "some", "none"))
    switching = [
        z for z in ZONES if len({offset(z, at) for at in range(period.start, period.as_of, DAY)}) > 1
    ]
    for number, schedule_id in enumerate(SCHEDULES):
        for valid_from, valid_to in validities(rng, period, rng.choice((1, 1, 2, 3))):
            zone = rng.choice(switching if switching and rng.random() < 0.6 else ZONES)
            windows: list[tuple[int, str, str] | None] = [*_windows(rng)]
            if rng.random() < 0.07 or not windows:
                windows = [None]
            # Some versions only: then the default changes over time, and sometimes there are several or none.
            is_default = number == 0 if default_style == "one" else rng.random() < 0.5
            is_default = is_default and default_style != "none"
            for window in windows:
                weekday, opens, closes = window if window else ("", "", "")
                rows.append(
                    {
                        "schedule_id": schedule_id,
                        "name": schedule_id,
                        "timezone": zone,
                        "weekday": str(weekday),
                        "opens_at": opens,
                        "closes_at": closes,
                        "is_default": ("true" if is_default else rng.choice(("", "false"))),
                        "valid_from": valid_from,
                        "valid_to": valid_to,
                    }
                )
    return rows


def holidays(rng: Random, period: Period) -> list[TextRow]:
    """Whole, half, several-day, overlapping holidays, also of a schedule nobody has."""
    rows = []
    days = range(period.start - period.start % DAY, period.as_of, DAY)
    switches = [datetime_of(d).date() for d in days if any(offset(z, d) != offset(z, d + DAY) for z in ZONES)]
    for _ in range(rng.randrange(0, 20)):
        first = period.day(rng)
        if switches and rng.random() < 0.4:
            first = rng.choice(switches) - timedelta(days=rng.randint(0, 2))
        last = first + timedelta(days=rng.choice((0, 0, 0, 1, 2, 9)))
        starts = rng.choice(("", "", "00:00", "01:30", "06:30", "13:00"))
        ends = rng.choice(("", "", "24:00", "18:00", "14:15"))
        if last > first and rng.random() < 0.3:
            ends = rng.choice(("01:30", "00:30", "02:30"))
        rows.append(
            {
                "schedule_id": rng.choice((*SCHEDULES, "s_nobody")),
                "name": "holiday",
                "starts_on": first.isoformat(),
                "ends_on": last.isoformat(),
                "starts_at": starts,
                "ends_at": ends,
            }
        )
    return rows


def agents(rng: Random, period: Period) -> list[TextRow]:
    """Rosters: promotions, moves between vendors, gaps, overlaps, unknown tiers; some agents have no row."""
    rows = []
    for agent_id in AGENTS[:-1]:
        for valid_from, valid_to in validities(rng, period, rng.choice((1, 2, 3))):
            rows.append(
                {
                    "agent_id": agent_id,
                    "name": f"Agent {agent_id}",
                    "tier": rng.choice(("T1", "T1", "T2", "T2", "")),
                    "vendor": rng.choice(("V1", "V2", "in house", "")),
                    "role": "agent",
                    "valid_from": valid_from or "2000-01-01",  # the one reference table that needs it
                    "valid_to": valid_to,
                }
            )
    return rows


def groups(rng: Random) -> list[TextRow]:
    """Groups with and without a tier and vendor; one group of the tickets is unknown here."""
    return [
        {
            "group_id": g,
            "name": g,
            "tier": rng.choice(("T1", "T2", "")),
            "vendor": rng.choice(("V1", "V3", "")),
        }
        for g in GROUPS[:-1]
    ]


def status_map(rng: Random, period: Period) -> list[TextRow]:
    """Statuses mapped for a time, overlapping, and category names that are mapped to another category."""
    rows = []
    for status in (*CUSTOM_STATUSES, "pending", "on_hold"):
        if status in CATEGORIES and rng.random() < 0.6:
            continue
        if status == "escalated" and rng.random() < 0.5:
            continue  # unmapped
        for valid_from, valid_to in validities(rng, period, rng.choice((1, 1, 2))):
            category = "solved" if status == "done" and rng.random() < 0.8 else rng.choice(CATEGORIES)
            rows.append(
                {"status": status, "category": category, "valid_from": valid_from, "valid_to": valid_to}
            )
    return rows
