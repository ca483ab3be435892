"""Reference data as the truth sees it: rosters, groups, statuses, policies, targets, each at an instant.

Belongs here: turning reference rows into look-up tables (SEMANTICS A16-A18, A28, A40).
Does not belong here: tickets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ingestion.simulator import world
from ingestion.simulator.clock import Clock, validity
from ingestion.simulator.policies import METRICS
from ingestion.simulator.steps import Steps
from ingestion.simulator.vocabulary import NULL, Vocabulary

Rows = Sequence[Mapping[str, Any]]
OPEN_CATEGORY, PENDING, ON_HOLD, SOLVED, CLOSED = 1, 2, 3, 4, 5
"""Positions in `world.STATUS_CATEGORIES`; 0 is new."""
CONDITIONS = ("line_of_business", "channel", "market", "language", "requester_segment", "group_id")


def _latest(payloads: list[tuple[int, int]]) -> int:
    """Value of the payload (valid_from, value) that began last; -1 if there is none."""
    return max(payloads)[1] if payloads else -1


class Lookups:
    """All reference data of one source."""

    def __init__(self, words: Vocabulary, rows: Mapping[str, Rows], clock: Clock) -> None:
        self.words, self.clock = words, clock
        texts = (
            str(row[key])
            for entity, key in (
                ("agents", "agent_id"),
                ("groups", "group_id"),
                ("status_map", "status"),
                ("sla_policies", "policy_id"),
            )
            for row in rows.get(entity, ())
        )
        words.add_all(texts)
        words.add_all((*world.STATUS_CATEGORIES, *world.PRIORITIES, "T1", "T2", *clock.ids))
        for entity in ("agents", "groups"):
            for row in rows.get(entity, ()):
                words.add_all((row.get("tier"), row.get("vendor")))
        for row in rows.get("sla_policies", ()):
            for column in CONDITIONS:
                words.add_all((row.get(column) or "").split(";") if row.get(column) else ())
        size = len(words)
        self.t1, self.t2 = words.code("T1"), words.code("T2")
        self._agents(rows.get("agents", ()), size)
        self.group_tier, self.group_vendor = (
            np.full(size + 1, NULL, np.int32),
            np.full(size + 1, NULL, np.int32),
        )
        for row in rows.get("groups", ()):
            self.group_tier[words.code(row["group_id"])] = words.get(row.get("tier"))
            self.group_vendor[words.code(row["group_id"])] = words.get(row.get("vendor"))
        self._statuses(rows.get("status_map", ()), size)
        # unknown schedules get a number of their own; the last entry is that of null: the default
        self.schedule_number = np.full(size + 1, clock.number("no such schedule"), np.int64)
        self.schedule_number[-1] = 0
        self.schedule_code = np.full(len(clock.ids) + 2, NULL, np.int32)
        for schedule in clock.ids:
            self.schedule_number[words.code(schedule)] = clock.number(schedule)
            self.schedule_code[clock.number(schedule)] = words.code(schedule)
        self.default_from = np.array([at for at, _ in clock.defaults], np.int64)
        self.default_code = self.schedule_code[np.array([number for _, number in clock.defaults], np.int64)]
        self._policies(rows, size)

    def _agents(self, rows: Rows, size: int) -> None:
        words = self.words
        ids = list(dict.fromkeys(row["agent_id"] for row in rows))
        self.agent_number = np.zeros(size + 1, np.int64)
        self.agent_number[words.codes(ids)] = np.arange(1, len(ids) + 1)
        pairs: dict[tuple[int, int], int] = {}
        pieces = []
        for row in rows:
            pair = (words.get(row.get("tier")), words.get(row.get("vendor")))
            start, end = validity(dict(row))
            value = pairs.setdefault(pair, len(pairs))
            pieces.append((int(self.agent_number[words.code(row["agent_id"])]), start, end, (start, value)))
        self.roster = Steps.of(len(ids) + 1, pieces, _latest)
        self.pair_tier = np.array([*(t for t, _ in pairs), NULL], np.int32)
        self.pair_vendor = np.array([*(v for _, v in pairs), NULL], np.int32)

    def _statuses(self, rows: Rows, size: int) -> None:
        words = self.words
        names = list(dict.fromkeys([*world.STATUS_CATEGORIES, *(row["status"] for row in rows)]))
        self.status_number = np.full(size + 1, len(names), np.int64)  # the last thing: an unmapped status
        self.status_number[words.codes(names)] = np.arange(len(names))
        pieces = []
        for row in rows:
            start, end = validity(dict(row))
            category = world.STATUS_CATEGORIES.index(row["category"])
            pieces.append((names.index(row["status"]), start, end, (start, category)))
        self.mapped = Steps.of(len(names) + 1, pieces, _latest)
        own = [
            world.STATUS_CATEGORIES.index(n) if n in world.STATUS_CATEGORIES else OPEN_CATEGORY for n in names
        ]
        self.own_category = np.array([*own, OPEN_CATEGORY], np.int64)

    def _policies(self, rows: Mapping[str, Rows], size: int) -> None:
        words = self.words
        ordered = sorted(rows.get("sla_policies", ()), key=lambda r: (int(r["position"]), r["policy_id"]))
        self.policy_ids = sorted({row["policy_id"] for row in ordered})
        self.policy_code = words.codes(self.policy_ids)
        self.policies: list[tuple[int, int, int, dict[str, np.ndarray]]] = []
        for row in ordered:
            tests = {}
            for column in CONDITIONS:
                if row.get(column):
                    allowed = np.zeros(size + 1, bool)  # the last entry, null, never matches
                    allowed[[words.code(text) for text in row[column].split(";")]] = True
                    tests[column] = allowed
            start, end = validity(dict(row))
            self.policies.append((self.policy_ids.index(row["policy_id"]), start, end, tests))
        self.priority_number = np.full(
            size + 1, len(world.PRIORITIES), np.int64
        )  # null and unknown: the last
        self.priority_number[words.codes(list(world.PRIORITIES))] = np.arange(len(world.PRIORITIES))
        self._targets(rows.get("sla_targets", ()))

    def _targets(self, rows: Rows) -> None:
        """Table policy x metric x priority x period -> number of a distinct (target, hours), -1 for none."""
        spans = [(row, *validity(dict(row))) for row in rows]
        self.target_from = np.array(sorted({t for _, a, b in spans for t in (a, b)}), np.int64)
        distinct: dict[tuple[int, bool], int] = {}
        shape = (len(self.policy_ids) + 1, len(METRICS), len(world.PRIORITIES) + 1, len(self.target_from) + 1)
        self.target_table = np.full(shape, -1, np.int64)
        began = np.full(shape, np.iinfo(np.int64).min)
        exact = np.zeros(shape, bool)
        for row, start, end in spans:
            if row["policy_id"] not in self.policy_ids:
                continue
            key = (round(float(row["target_minutes"]) * 60_000_000), row["hours"] == "business")
            value = distinct.setdefault(key, len(distinct))
            policy, metric = self.policy_ids.index(row["policy_id"]), METRICS.index(row["metric"])
            named = row.get("priority")
            for priority in range(len(world.PRIORITIES) + 1):
                if named and (priority == len(world.PRIORITIES) or world.PRIORITIES[priority] != named):
                    continue
                for period in range(shape[-1]):
                    at = start if period == 0 else int(self.target_from[period - 1])
                    cell = (policy, metric, priority, period)
                    if period == 0 or not start <= at < end:
                        continue
                    # an exact priority before any, then the target that began last
                    if (bool(named), start) >= (bool(exact[cell]), began[cell]):
                        self.target_table[cell], began[cell], exact[cell] = value, start, bool(named)
        self.target_micros = np.array([micros for micros, _ in distinct], np.int64)
        self.target_business = np.array([business for _, business in distinct], bool)

    def tier_vendor(
        self, agent: np.ndarray, group: np.ndarray, at: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Tier and vendor of holders: the agent's roster version in force, else the group's (A28)."""
        pair = self.roster.at(self.agent_number[agent], at)
        on_roster = pair >= 0
        return (
            np.where(on_roster, self.pair_tier[pair], self.group_tier[group]),
            np.where(on_roster, self.pair_vendor[pair], self.group_vendor[group]),
        )

    def category(self, status: np.ndarray, at: np.ndarray) -> np.ndarray:
        """Category of a status at the moment it is set (A40)."""
        number = self.status_number[status]
        mapped = self.mapped.at(number, at)
        return np.where(mapped >= 0, mapped, self.own_category[number]).astype(np.int8)

    def default_at(self, at: np.ndarray) -> np.ndarray:
        """Code of the site's default schedule at instants."""
        return self.default_code[np.searchsorted(self.default_from, at, side="right") - 1]
