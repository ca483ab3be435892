"""Reference data of one source: status categories, the roster, groups, SLA policies and targets at an
instant.

Belongs here: which row of a reference table holds (A16-A18, A28, A40, A41). Does not belong here: ticket
history.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from .business_time import Calendar
from .instants import DAY, MINUTE
from .site_files import SiteData, SourceData, Versioned

UNSOLVED = ("new", "open", "pending", "on_hold")
RESOLVED = ("solved", "closed")
HORIZON = 366 * DAY  # how far a due time is projected beyond as_of (A22)

CONDITIONS = ("line_of_business", "channel", "market", "language", "requester_segment", "group_id")


@dataclass(frozen=True)
class Target:
    policy_id: str
    priority: str | None
    target: int  # microseconds
    hours: str


class Lookups:
    """What one source looks up, `refers_to` already followed."""

    def __init__(self, site: SiteData, source: SourceData) -> None:
        def owner(reference: str) -> SourceData:
            return site.sources[source.refers_to.get(reference, source.name)]

        self.status_map = _by(owner("status").status_map, "status")
        self.agents = _by(owner("agent_id").agents, "agent_id")
        self.groups = _by(owner("group_id").groups, "group_id")
        self.policies = owner("policy_id").policies
        self.targets = _by(owner("policy_id").targets, "policy_id")
        starts = [t.created_at for s in site.sources.values() for t in s.tickets.values()]
        self.calendar = Calendar(
            owner("schedule_id").schedules,
            owner("schedule_id").holidays,
            min([*starts, site.as_of]),
            site.as_of + HORIZON,
        )

    def category(self, status: str, instant: int) -> str:
        """The category of a status that is set at an instant (A40)."""
        row = _latest([r for r in self.status_map.get(status, []) if r.validity.holds(instant)])
        if row is not None:
            return str(row.values["category"])
        return status if status in UNSOLVED + RESOLVED else "open"

    def roster(self, agent_id: str | None, instant: int) -> Versioned | None:
        """The agent's roster version in force (A28)."""
        if agent_id is None:
            return None
        return _latest([r for r in self.agents.get(agent_id, []) if r.validity.holds(instant)])

    def roster_changes(self, agent_id: str | None) -> set[int]:
        """Every instant at which the agent's roster version may change."""
        rows = self.agents.get(agent_id, []) if agent_id is not None else []
        bounds = {r.validity.valid_from for r in rows} | {r.validity.valid_to for r in rows}
        return {b for b in bounds if b is not None}

    def people(
        self, agent_id: str | None, group_id: str | None, instant: int
    ) -> tuple[str | None, str | None]:
        """Tier and vendor: the agent's roster version, else the group's, else nothing (A28)."""
        row = self.roster(agent_id, instant)
        if row is None and group_id is not None:
            row = next(iter(self.groups.get(group_id, [])), None)
        return (row.values.get("tier"), row.values.get("vendor")) if row else (None, None)

    def policy(self, values: dict[str, str | None], instant: int) -> str | None:
        """The first policy by (position, policy_id) that is valid and whose conditions all match (A17)."""
        matching = [
            (
                int(row.values["position"] or 0),
                str(row.values["policy_id"]).encode(),
                str(row.values["policy_id"]),
            )
            for row in self.policies
            if row.validity.holds(instant) and all(_matches(row, c, values[c]) for c in CONDITIONS)
        ]
        return min(matching)[2] if matching else None

    def target(self, policy_id: str | None, metric: str, priority: str | None, instant: int) -> Target | None:
        """The policy's target of a metric for a ticket's priority; an exact priority wins over null (A17)."""
        if policy_id is None:
            return None
        valid = [
            r
            for r in self.targets.get(policy_id, [])
            if r.values["metric"] == metric and r.validity.holds(instant)
        ]
        exact = [r for r in valid if priority is not None and r.values.get("priority") == priority]
        row = _latest(exact) or _latest([r for r in valid if r.values.get("priority") is None])
        if row is None:
            return None
        target = Fraction(str(row.values["target_minutes"])) * MINUTE
        return Target(policy_id, priority, int(target), str(row.values["hours"]))


def _by(rows: list[Versioned], key: str) -> dict[str, list[Versioned]]:
    found: dict[str, list[Versioned]] = {}
    for row in rows:
        found.setdefault(str(row.values[key]), []).append(row)
    return found


def _latest(rows: list[Versioned]) -> Versioned | None:
    """Of overlapping versions the one with the latest `valid_from`."""
    return max(rows, key=lambda r: r.validity.start()) if rows else None


def _matches(policy: Versioned, condition: str, value: str | None) -> bool:
    """Whether a condition (null = any, several values `;` separated) allows a value; never a null one."""
    allowed = policy.values.get(condition)
    return allowed is None or (value is not None and value in [part.strip() for part in allowed.split(";")])
