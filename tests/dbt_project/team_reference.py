"""The team marts of a simulated site, worked out again in plain Python from what the simulator knows.

Belongs here: contributions (who did what in which week) and percentiles, with nothing of the models' SQL.
Does not belong here: comparing. Minors are not left out here: the build compared is told to leave none out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from math import isclose
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
from scipy.stats import norm
from statsmodels.stats.proportion import proportion_confint

ZONE = ZoneInfo("Europe/Dublin")
UNSOLVED = {"new", "open", "pending", "on_hold"}
OFF_QUEUE = {"break", "training"}

Row = dict[str, Any]
Place = tuple[str, str | None, str | None]


def monday(instant: datetime) -> date:
    """The Monday of the week of an instant, in the site's zone."""
    day = instant.astimezone(ZONE).date()
    return day - timedelta(days=day.weekday())


def week_end(week: date) -> datetime:
    """The first instant after a week."""
    return datetime.combine(week + timedelta(weeks=1), datetime.min.time(), ZONE).astimezone(UTC)


def percentile(values: Iterable[float], share: float) -> float | None:
    """Percentile with linear interpolation, None of nothing."""
    found = list(values)
    return float(np.percentile(found, 100 * share)) if found else None


def same(found: float | None, expected: float | None) -> bool:
    """Whether two numbers are the same up to rounding, or both missing."""
    if found is None or expected is None:
        return found is expected
    return isclose(found, expected, rel_tol=1e-12, abs_tol=1e-6)


def score_bounds(reviews: Iterable[tuple[float, float]]) -> tuple[float, float] | None:
    """95 % bounds of the mean of (score, weight); None under two. Equal scores are bounded as a share is."""
    scores, weights = np.array(list(reviews), dtype=float).T
    if len(scores) < 2:
        return None
    mean = np.average(scores, weights=weights)
    if np.ptp(scores) == 0:
        worth = weights.sum() ** 2 / np.square(weights).sum()
        low, high = proportion_confint(mean * worth, worth, method="wilson")
        return float(low), float(high)
    residuals = weights * (scores - mean) / weights.sum()
    margin = norm.ppf(0.975) * np.sqrt(len(scores) / (len(scores) - 1) * np.sum(residuals**2))
    return max(0.0, float(mean - margin)), min(1.0, float(mean + margin))


@dataclass(frozen=True)
class Truth:
    """A simulated site and what is true of it at as_of."""

    folder: Path
    as_of: datetime

    def rows(self, query: str) -> list[Row]:
        """Rows of a query; `$truth` and `$data` stand for the two folders, times are aware."""
        query = query.replace("$truth", f"{self.folder}/truth").replace("$data", f"{self.folder}/helpdesk")
        with duckdb.connect() as connection:
            connection.execute("set timezone = 'UTC'")
            table = connection.execute(query).to_arrow_table()
        return list(table.to_pylist())

    @cached_property
    def tickets(self) -> dict[str, Row]:
        """Tickets that count, by id."""
        found = self.rows("from '$truth/fct_tickets/*.parquet' where not is_excluded")
        return {row["ticket_id"]: row for row in found}

    @cached_property
    def segments(self) -> dict[str, list[Row]]:
        """Segments of all tickets in order, by ticket."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows("from '$truth/fct_ticket_segments/*.parquet' order by ticket_id, segment_no"):
            found[row["ticket_id"]].append(row)
        return found

    @cached_property
    def replies(self) -> list[Row]:
        """Replies on tickets that count."""
        found = self.rows("from '$truth/fct_replies/*.parquet'")
        return [row for row in found if row["ticket_id"] in self.tickets]

    @cached_property
    def outcomes(self) -> list[Row]:
        """SLA instances that count, with `at` and `week`."""
        found = self.rows(
            "from '$truth/fct_ticket_sla/*.parquet' where is_final and status in ('met', 'breached')"
        )
        counted = [row for row in found if row["ticket_id"] in self.tickets]
        for row in counted:
            row["at"] = row["ended_at"] or row["breached_at"]
            row["week"] = monday(row["at"])
        return counted

    @cached_property
    def solves(self) -> list[Row]:
        """Solves of tickets that count: a resolved segment after an unsolved one, or the first."""
        found = []
        for ticket, segments in self.segments.items():
            if ticket not in self.tickets:
                continue
            unsolved = [segment["status_category"] in UNSOLVED for segment in segments]
            for number, segment in enumerate(segments):
                if not unsolved[number] and (number == 0 or unsolved[number - 1]):
                    reopened = any(unsolved[number + 1 :])
                    found.append({**segment, "at": segment["valid_from"], "is_reopened": reopened})
        return found

    @cached_property
    def surveys(self) -> list[Row]:
        """Surveys of tickets that count."""
        found = self.rows("from '$truth/fct_csat_responses/*.parquet'")
        return [row for row in found if row["ticket_id"] in self.tickets]

    @cached_property
    def _roster(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows(
            "select agent_id, team_id, tier, vendor, role, valid_from::timestamptz as valid_from,"
            " coalesce(valid_to::timestamptz, timestamptz '9999-01-01') as valid_to"
            " from read_csv('$data/agents.csv', all_varchar = true)"
        ):
            found[row["agent_id"]].append(row)
        return found

    def version(self, agent: str, at: datetime) -> Row | None:
        """The roster version in force at an instant: the one that began last (A28)."""
        found = [row for row in self._roster[agent] if row["valid_from"] <= at < row["valid_to"]]
        return max(found, key=lambda row: row["valid_from"]) if found else None

    def place(self, agent: str, at: datetime) -> Place:
        """Agent, team and tier at an instant."""
        found = self.version(agent, at)
        return (agent, found["team_id"], found["tier"]) if found else (agent, None, None)

    def is_bot(self, agent: str) -> bool:
        """Whether the roster calls the agent a bot."""
        return any(row["role"] == "bot" for row in self._roster[agent])

    def changes(self, agent: str) -> list[datetime]:
        """Instants at which the agent's place may change."""
        return sorted({row[end] for row in self._roster[agent] for end in ("valid_from", "valid_to")})

    def holdings(self) -> Iterator[tuple[str, datetime, datetime, Row]]:
        """Agent, beginning, end and segment of each stretch with an unsolved ticket in hand."""
        late = self.as_of + timedelta(microseconds=1)
        for ticket, segments in self.segments.items():
            for row in segments if ticket in self.tickets else ():
                if row["assignee_id"] and row["status_category"] in UNSOLVED and not row["is_deleted"]:
                    yield row["assignee_id"], row["valid_from"], row["valid_to"] or late, row

    def held(self) -> dict[tuple[Place, date], set[str]]:
        """Tickets each person had in hand, by place and week."""
        found: dict[tuple[Place, date], set[str]] = defaultdict(set)
        for agent, begin, end, row in self.holdings():
            cuts = [begin, *(cut for cut in self.changes(agent) if begin < cut < end)]
            week = monday(begin) + timedelta(weeks=1)
            while (start := week_end(week - timedelta(weeks=1))) < end:
                cuts.append(start)
                week += timedelta(weeks=1)
            for cut in cuts:
                found[self.place(agent, cut), monday(cut)].add(row["ticket_id"])
        return found

    def shifts(self, agent: str) -> list[tuple[datetime, datetime, str]]:
        """Beginning, end and activity of an agent's shifts."""
        found = self.rows(f"from '$data/agent_shifts/*.parquet' where agent_id = '{agent}'")
        return [(row["starts_at"], min(row["ends_at"], self.as_of), row["activity"]) for row in found]

    def time(self, agent: str) -> dict[date, tuple[float, float, float]]:
        """Seconds on shift, available and handling by week, every stretch asked about every interval."""
        shifts = self.shifts(agent)
        work = [
            (begin, min(end, self.as_of))
            for who, begin, end, row in self.holdings()
            if who == agent and row["status_category"] in ("new", "open")
        ]
        cuts = {at for begin, end, *_ in [*shifts, *work] for at in (begin, end)}
        cuts |= {week_end(monday(at)) for at in cuts}
        found: dict[date, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
        for begin, end in zip(ordered := sorted(cuts), ordered[1:], strict=False):
            kinds = {activity for start, stop, activity in shifts if start <= begin < stop}
            available = bool(kinds - OFF_QUEUE) and not kinds & OFF_QUEUE
            handling = available and any(start <= begin < stop for start, stop in work)
            for number, counts in enumerate((bool(kinds), available, handling)):
                found[monday(begin)][number] += (end - begin).total_seconds() * counts
        return {week: (values[0], values[1], values[2]) for week, values in found.items()}

    def open_at_end(self, week: date) -> dict[str | None, int]:
        """Tickets open at the end of a week, by line of business; of tickets that count now."""
        last = min(week_end(week) - timedelta(microseconds=1), self.as_of)
        found: dict[str | None, int] = defaultdict(int)
        for ticket, segments in self.segments.items():
            for row in segments if ticket in self.tickets else ():
                ends = row["valid_to"]
                if row["valid_from"] <= last and (ends is None or ends > last):
                    found[row["line_of_business"]] += (
                        row["status_category"] in UNSOLVED and not row["is_deleted"]
                    )
        return found
