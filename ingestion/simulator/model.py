"""What every chunk of tickets needs to know about the site: the plan, the organisation, its codes and its
clock.

Belongs here: things computed once per site before any ticket is drawn.
Does not belong here: anything per ticket.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from ingestion.simulator import world
from ingestion.simulator.calendar import build_calendar
from ingestion.simulator.clock import Clock, micros
from ingestion.simulator.incidents import Incident, plan_incidents
from ingestion.simulator.organisation import Organisation, build_people, build_wording
from ingestion.simulator.policies import build_policies
from ingestion.simulator.rubrics import build_rubrics
from ingestion.simulator.steps import DAY
from ingestion.simulator.vocabulary import Vocabulary
from ingestion.simulator.wording import Wording

AS_OF = datetime(2026, 6, 29, 6, 0, tzinfo=UTC)
"""A Monday morning, after a spring with every switch to summer time in it."""
CHUNK = 40_000
"""Tickets drawn at once; the number of chunks depends on the size of the site only, so files do too."""

EVENT_TYPES = ("field_change", "message", "macro", "merge", "delete", "restore", "spam")
STATE_FIELDS = (
    "status",
    "priority",
    "line_of_business",
    "group_id",
    "assignee_id",
    "schedule_id",
    "market",
    "language",
)
OTHER_FIELDS = ("contact_reason", "tags", "sentiment", "priority_score")
ROLES = ("requester", "agent", "bot", "system")


@dataclass(frozen=True)
class Plan:
    """What was asked for."""

    tickets: int
    seed: int
    weeks: int
    incidents: bool = True
    chunk: int = CHUNK

    @property
    def chunks(self) -> int:
        """Number of chunks the tickets are drawn in."""
        return max(1, -(-self.tickets // self.chunk))

    @property
    def requesters(self) -> int:
        """Size of the population that writes in; skewed, so many write once and few often."""
        return max(40, int(self.tickets * 0.55))

    def chunk_size(self, chunk: int) -> int:
        """Tickets of one chunk."""
        return self.tickets // self.chunks + (chunk < self.tickets % self.chunks)

    def rng(self, *stream: int) -> np.random.Generator:
        """A generator of its own for each purpose and chunk, so one never shifts another."""
        return np.random.Generator(np.random.SFC64([self.seed, *stream]))


@dataclass
class Model:
    """The site before its tickets."""

    plan: Plan
    organisation: Organisation
    vocabulary: Vocabulary
    clock: Clock
    wording: Wording
    incidents: list[Incident]
    start: int
    as_of: int
    pool_offset: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    """Per vocabulary code of a group: where its agents begin in `pool_agents`."""
    pool_size: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    pool_agents: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))
    employed_from: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    employed_to: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    schedule_number: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    """Per vocabulary code: the clock's number of that schedule; the last entry is that of null."""
    group_schedule: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))
    """Per vocabulary code of a group: code of the schedule its tickets get."""

    def codes(self, *texts: str) -> np.ndarray:
        """Vocabulary codes of texts, as an array to index with."""
        return self.vocabulary.codes(texts)


def build_model(plan: Plan) -> Model:
    """Draw the organisation and prepare every look-up table."""
    start = AS_OF.replace(hour=0) - timedelta(weeks=plan.weeks)
    org = Organisation(start=start, as_of=AS_OF)
    build_people(org, plan.rng(1), plan.tickets)
    build_wording(org)
    build_calendar(org)
    build_policies(org)
    build_rubrics(org)
    clock = Clock(
        org.rows["schedules"], org.rows["holidays"], micros(start) - 30 * DAY, micros(AS_OF) + 372 * DAY
    )
    wording = Wording(plan.rng(2))
    model = Model(
        plan=plan,
        organisation=org,
        vocabulary=_vocabulary(org),
        clock=clock,
        wording=wording,
        incidents=plan_incidents(plan.rng(3), plan.tickets, plan.weeks, micros(start))
        if plan.incidents
        else [],
        start=micros(start),
        as_of=micros(AS_OF),
    )
    _look_ups(model)
    return model


def _vocabulary(org: Organisation) -> Vocabulary:
    words = Vocabulary()
    for texts in (
        world.STATUS_CATEGORIES,
        world.CUSTOM_STATUSES,
        world.PRIORITIES,
        world.CHANNELS,
        world.SEGMENTS,
        world.LINES,
        (reason for *_, reasons in world.LINES.values() for reason in reasons),
        world.MARKETS,
        world.LANGUAGES,
        EVENT_TYPES,
        STATE_FIELDS,
        OTHER_FIELDS,
        ROLES,
        ("calendar", "business", "T1", "T2"),
        (
            "tagged",
            "checked",
            "negative",
            "neutral",
            "GRP-GONE",
            "AGT-GONE",
            "TICKET-GONE",
            world.UNKNOWN_SCHEDULE,
        ),
        (vendor for vendor in (*world.VENDORS, world.IN_HOUSE)),
    ):
        words.add_all(texts)
    for entity, column in (
        ("groups", "group_id"),
        ("schedules", "schedule_id"),
        ("response_frameworks", "macro_id"),
        ("sla_policies", "policy_id"),
        ("agents", "agent_id"),
    ):
        words.add_all(row[column] for row in org.rows[entity])
    return words


def _look_ups(model: Model) -> None:
    words, org, size = model.vocabulary, model.organisation, len(model.vocabulary)
    model.pool_offset, model.pool_size = np.zeros(size, np.int64), np.zeros(size, np.int64)
    agents: list[int] = []
    for group, pool in org.pools.items():
        model.pool_offset[words.code(group)] = len(agents)
        model.pool_size[words.code(group)] = len(pool)
        agents += words.codes(pool).tolist()
    model.pool_agents = np.array(agents, dtype=np.int32)
    model.employed_from = np.full(size, model.as_of, np.int64)
    model.employed_to = np.full(size, np.iinfo(np.int64).max, np.int64)
    for agent, (start, end) in org.employed.items():
        code = words.code(agent)
        model.employed_from[code] = micros(start)
        if end is not None:
            model.employed_to[code] = micros(end)
    # the extra last entry makes the null code (-1) index the site's default
    model.schedule_number = np.zeros(size + 1, np.int64)
    for schedule in (*(r["schedule_id"] for r in org.rows["schedules"]), world.UNKNOWN_SCHEDULE):
        model.schedule_number[words.code(schedule)] = model.clock.number(schedule)
    model.group_schedule = np.full(size + 1, words.code("SCH-EUROPE"), np.int32)
    for row in org.rows["groups"]:
        vendor = row["vendor"]
        schedule = (
            "SCH-EUROPE"
            if vendor is None
            else world.HOUSE_SCHEDULES[row["line_of_business"]]
            if vendor == world.IN_HOUSE
            else world.VENDORS[vendor][2]
        )
        model.group_schedule[words.code(row["group_id"])] = words.code(schedule)
