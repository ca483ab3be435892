"""The organisation: lines of business, groups, teams, agents with rosters that change, statuses, macros.

Belongs here: drawing the reference entities that describe people and structure.
Does not belong here: working hours (`calendar.py`) and SLA policies (`policies.py`).
Rows are plain dicts in the columns of the contract; instants are aware datetimes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from ingestion.simulator import world

Row = dict[str, Any]


@dataclass
class Organisation:
    """Reference rows by entity, and for each group the agents who may take its tickets."""

    start: datetime
    as_of: datetime
    rows: dict[str, list[Row]] = field(default_factory=dict)
    pools: dict[str, list[str]] = field(default_factory=dict)
    employed: dict[str, tuple[datetime, datetime | None]] = field(default_factory=dict)
    """From when to when each agent can be given work (null end = still there)."""

    def at(self, share: float) -> datetime:
        """The instant at a share of the simulated period, on a whole hour."""
        moment = self.start + (self.as_of - self.start) * share
        return moment.replace(minute=0, second=0, microsecond=0)


def group_id(line: str, vendor: str) -> str:
    """Id of the group of a line of business at a vendor (or in house)."""
    return f"GRP-{line}-{'t2' if vendor == world.IN_HOUSE else vendor.lower()}".upper().replace("_", "-")


def build_people(org: Organisation, rng: np.random.Generator, tickets: int) -> None:
    """Fill lines of business, groups, agents and pools; the number of agents follows the number of
    tickets."""
    org.rows["lines_of_business"] = [
        {"line_of_business": line, "name": name, "owner_id": f"OWN-{n:02d}", "owner_team": team}
        for n, (line, (name, team, *_)) in enumerate(world.LINES.items(), 1)
    ]
    vendors = [*world.VENDORS, world.IN_HOUSE]
    org.rows["groups"] = [
        {
            "group_id": group_id(line, vendor),
            "name": f"{name} ({vendor})",
            "tier": "T2" if vendor == world.IN_HOUSE else "T1",
            "vendor": vendor,
            "line_of_business": line,
        }
        for line, (name, *_) in world.LINES.items()
        for vendor in vendors
    ] + [{"group_id": "GRP-TRIAGE", "name": "Triage", "tier": None, "vendor": None, "line_of_business": None}]
    number = int(np.clip(48 + 0.9 * np.sqrt(tickets), 56, 2_000))
    shares = np.array([*(0.72 * share for share, *_ in world.VENDORS.values()), 0.28])
    sizes = np.maximum(8, np.round(number * shares)).astype(int)
    teams = _teams(sizes)
    firsts = np.cumsum(sizes) - sizes + 1
    for vendor, first in zip(vendors, firsts, strict=True):
        for n, team in enumerate(t for t in teams if t["vendor"] == vendor):
            team["lead_id"] = _agent_id(first + n)  # the first agents of a vendor lead its teams
    agents: list[Row] = []
    for vendor, size, first in zip(vendors, sizes, firsts, strict=True):
        mine = [t for t in teams if t["vendor"] == vendor]
        for n in range(size):
            agents += _career(org, rng, _agent_id(first + n), mine[n % len(mine)], teams, leads=n < len(mine))
        _fill_pools(org, vendor, [a for a in agents if a["vendor"] == vendor and a["hired_on"]], rng)
    for bot in world.BOTS:
        agents.append(
            {"agent_id": bot, "name": bot.title(), "role": "bot", "valid_from": org.start, "valid_to": None}
        )
    org.rows["agents"] = agents


def _agent_id(number: int) -> str:
    return f"AGT-{number:05d}"


def _teams(sizes: np.ndarray) -> list[Row]:
    teams: list[Row] = []
    places = [
        *((v, sites) for v, (_, sites, _) in world.VENDORS.items()),
        (world.IN_HOUSE, world.HOUSE_SITES),
    ]
    for (vendor, sites), size in zip(places, sizes, strict=True):
        number = max(len(sites), int(size) // 14)
        for n in range(number):
            site = list(sites)[n % len(sites)]
            teams.append(
                {
                    "team_id": f"TEAM-{len(teams) + 1:03d}",
                    "vendor": vendor,
                    "site": site,
                    "timezone": sites[site],
                    "tier": "T2" if vendor == world.IN_HOUSE else "T1",
                    "team_name": f"{site} {n // len(sites) + 1}",
                }
            )
    return teams


def _local_midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, datetime.min.time(), ZoneInfo(zone)).astimezone(UTC)


def _career(
    org: Organisation, rng: np.random.Generator, agent: str, team: Row, teams: list[Row], *, leads: bool
) -> list[Row]:
    """Roster versions of one agent: hired, perhaps moved or promoted, perhaps gone."""
    name = f"{rng.choice(world.FIRST_NAMES)} {rng.choice(world.LAST_NAMES)} {agent[-5:].lstrip('0')}"
    period = (org.as_of - org.start).days
    newcomer = not leads and rng.random() < 0.12
    hired = org.start.date() + timedelta(
        days=int(rng.integers(1, max(2, period // 2)) if newcomer else -rng.integers(20, 1_400))
    )
    begins = max(org.start.date(), hired)
    left = max(2, (org.as_of.date() - begins).days)

    def some_day(low: float, high: float) -> date:
        return begins + timedelta(
            days=int(rng.integers(int(left * low), max(int(left * low) + 1, int(left * high))))
        )

    def version(of: Row, start: datetime | None, end: datetime | None) -> Row:
        return {
            "agent_id": agent,
            "name": name,
            "team_id": of["team_id"],
            "team_name": of["team_name"],
            "lead_id": of["lead_id"],
            "tier": of["tier"],
            "vendor": of["vendor"],
            "role": "lead" if leads else "agent",
            "site": of["site"],
            "timezone": of["timezone"],
            "hired_on": hired,
            "valid_from": start,
            "valid_to": end,
        }

    start = _local_midnight(hired, team["timezone"])
    kind = 1.0 if leads else rng.random()
    gone: datetime | None = None
    other = team
    if kind < 0.12:  # another team of the same vendor: neither tier nor vendor changes
        other = teams[int(rng.choice([n for n, t in enumerate(teams) if t["vendor"] == team["vendor"]]))]
    elif kind < 0.18 and team["tier"] == "T1":
        other = teams[int(rng.choice([n for n, t in enumerate(teams) if t["tier"] == "T1"]))]
    elif kind < 0.23:  # promotion, or a specialist lent to tier 1
        other = teams[int(rng.choice([n for n, t in enumerate(teams) if t["tier"] != team["tier"]]))]
    if other is not team:
        moved = _local_midnight(some_day(0.2, 0.8), other["timezone"])
        # a few rosters overlap by a day: the later row counts (A28)
        overlap = timedelta(days=1) if rng.random() < 0.1 else timedelta()
        versions = [version(team, start, moved + overlap), version(other, moved, None)]
    else:
        versions = [version(team, start, None)]
    if not leads and 0.23 <= kind < 0.31:
        gone = _local_midnight(some_day(0.3, 0.95), team["timezone"])
        versions[-1]["valid_to"] = gone
    elif 0.31 <= kind < 0.33:  # away for three weeks: nobody's roster names them meanwhile
        away = _local_midnight(some_day(0.3, 0.7), team["timezone"])
        versions = [version(team, start, away), version(team, away + timedelta(days=21), None)]
    org.employed[agent] = (start, gone)
    return versions


def _fill_pools(org: Organisation, vendor: str, agents: list[Row], rng: np.random.Generator) -> None:
    """Which agents of a vendor take the tickets of which line: everyone serves about two lines."""
    people = sorted({a["agent_id"] for a in agents})
    shares = np.array([share for _, _, share, *_ in world.LINES.values()])
    for line, share in zip(world.LINES, shares, strict=True):
        size = min(len(people), max(4, round(len(people) * share * 1.9)))
        chosen = rng.choice(len(people), size=size, replace=False)
        org.pools[group_id(line, vendor)] = [people[i] for i in np.sort(chosen)]
    org.pools.setdefault("GRP-TRIAGE", [])
    org.pools["GRP-TRIAGE"] += people[:2]


def build_wording(org: Organisation) -> None:
    """Statuses (two change their category in mid-period) and macros with their versions."""
    switch = org.at(0.45)
    org.rows["status_map"] = [
        {"status": "triage", "category": "new"},
        {"status": "investigating", "category": "open"},
        {"status": "waiting_creator", "category": "pending"},
        {"status": "waiting_team", "category": "on_hold"},
        {"status": "trust_review", "category": "open", "valid_to": switch},
        {"status": "trust_review", "category": "on_hold", "valid_from": switch},
        {"status": "resolved_auto", "category": "solved"},
    ]
    macros: list[Row] = []
    for line, (_, _, _, _, reasons) in world.LINES.items():
        for reason in reasons:
            for language in world.LANGUAGES[:4]:
                macro = f"MAC-{line}-{reason}-{language}".upper().replace("_", "-")
                row = {
                    "macro_id": macro,
                    "name": f"{reason} ({language})",
                    "line_of_business": line,
                    "language": language,
                }
                macros.append(
                    {
                        **row,
                        "version": "1",
                        "valid_from": org.start - timedelta(days=90),
                        "valid_to": switch if language == "en" else None,
                    }
                )
                if language == "en":
                    macros.append({**row, "version": "2", "valid_from": switch, "valid_to": None})
    org.rows["response_frameworks"] = macros
