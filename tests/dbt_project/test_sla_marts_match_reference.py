"""`agg_sla_daily` and `fct_queue_status` worked out again in Python from the reference's SLA rows."""

from __future__ import annotations

from collections import defaultdict
from math import sqrt
from typing import Any

import numpy as np
import pytest
import yaml

from tests.dbt_project import build
from tests.dbt_project.conftest import RandomBuild
from tests.reference.instants import instant_of, local_date
from tests.reference.oracle import Row

VARIABLES = yaml.safe_load((build.PROJECT / "dbt_project.yml").read_text())["vars"]
UNSOLVED = ("new", "open", "pending", "on_hold")
DAILY_COLUMNS = (
    "instance_count", "met_count", "breached_count", "open_breached_count", "attainment_rate",
    "attainment_lower_rate", "attainment_upper_rate", "elapsed_seconds_p50", "elapsed_seconds_p90",
    "minor_count",
)  # fmt: skip


def _tickets(built: RandomBuild) -> list[tuple[Row, list[Row], list[Row]]]:
    """Facts, segments and SLA rows of every ticket, by the reference."""
    found = []
    for source in built.oracle.site.sources.values():
        for ticket_id in source.tickets:
            rows = built.oracle.ticket(source.name, ticket_id)
            if rows:
                (facts,) = rows["fct_tickets"]
                found.append((facts, rows["fct_ticket_segments"], rows["fct_ticket_sla"]))
    return found


def _wilson(successes: int, trials: int) -> tuple[float, float]:
    """The interval as its textbook writes it."""
    z, p = 1.959963984540054, successes / trials
    middle = (p + z * z / (2 * trials)) / (1 + z * z / trials)
    margin = z / (1 + z * z / trials) * sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials))
    return middle - margin, middle + margin


def _daily(built: RandomBuild) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    zone = built.oracle.site.timezone or "UTC"
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for facts, _, sla in _tickets(built):
        for row in sla:
            if facts["is_excluded"] or not row["is_final"] or row["status"] not in ("met", "breached"):
                continue
            at = row["breached_at"] if row["ended_at"] is None else row["ended_at"]
            dimensions = ("line_of_business", "tier", "vendor", "market", "priority")
            key = (row["source_id"], local_date(zone, at), row["metric"], *(row[name] for name in dimensions))
            groups[key].append({**row, "is_minor": bool(facts["is_minor"])})
    found = {}
    for key, members in groups.items():
        met = sum(row["status"] == "met" for row in members)
        elapsed = [row["elapsed_seconds"] for row in members if row["elapsed_seconds"] is not None]
        percentiles: list[float | None] = [None, None]
        if elapsed:
            percentiles = [float(np.percentile(elapsed, share)) for share in (50, 90)]
        found[key] = (
            len(members), met, len(members) - met, sum(row["ended_at"] is None for row in members),
            met / len(members), *_wilson(met, len(members)), *percentiles,
            sum(row["is_minor"] for row in members),
        )  # fmt: skip
    return found


def test_daily_attainment(random_build: RandomBuild) -> None:
    grain = ("source_id", "ended_date", "metric", "line_of_business", "tier", "vendor", "market", "priority")
    found = {
        tuple(row[name] for name in grain): tuple(row[name] for name in DAILY_COLUMNS)
        for row in build.rows(random_build.data_dir, "select * from marts.agg_sla_daily")
    }
    expected = _daily(random_build)
    assert found.keys() == expected.keys()
    for key, values in expected.items():
        assert found[key] == pytest.approx(values, abs=1e-6), key
    assert any(values[3] for values in expected.values()), "no open breached row to judge"
    assert any(values[-1] for values in expected.values()), "no minor's row to judge"


def test_queue_status(random_build: RandomBuild) -> None:
    found = {
        (row["source_id"], row["ticket_id"]): row
        for row in build.rows(random_build.data_dir, "select * from marts.fct_queue_status")
    }
    as_of = random_build.oracle.site.as_of
    seen = set()
    for facts, segments, sla in _tickets(random_build):
        key = (facts["source_id"], facts["ticket_id"])
        if facts["is_excluded"] or facts["status_category"] not in UNSOLVED:
            assert key not in found
            continue
        row = found.pop(key)
        clocks = [clock for clock in sla if clock["ended_at"] is None]
        counts = {
            status: sum(c["status"] == status for c in clocks) for status in ("active", "paused", "breached")
        }
        assert {status: row[f"{status}_clock_count"] for status in counts} == counts
        due = [
            (c["due_at"], c["metric"]) for c in clocks if c["status"] == "active" and c["due_at"] is not None
        ]
        at, metric = min(due, default=(None, None))
        assert row["next_due_metric"] == metric
        assert (instant_of(row["due_at"]) if row["due_at"] else None) == at
        left = None if at is None else (at - as_of) / 1e6
        assert row["seconds_to_breach"] == left
        breached = min(
            ((c["breached_at"], c["metric"]) for c in clocks if c["status"] == "breached"),
            default=(None, None),
        )
        assert row["first_breached_metric"] == breached[1]
        assert row["risk_band"] == _band(counts, left)
        assert row["next_risk_band"] == (None if left is None else _band({**counts, "breached": 0}, left))
        last = segments[-1]
        tier = last["tier"] or "T1"
        holder = (
            "requester"
            if facts["status_category"] == "pending"
            else tier
            if facts["assignee_id"]
            else "queue"
        )
        assert (row["holder"], row["tier"], row["vendor"]) == (holder, last["tier"], last["vendor"])
        seen.add(row["risk_band"])
    assert not found
    assert len(seen) >= 3


def _band(counts: dict[str, int], left: float | None) -> str:
    if counts["breached"]:
        return "breached"
    if left is not None:
        if left < VARIABLES["queue_critical_seconds"]:
            return "critical"
        return "at_risk" if left < VARIABLES["queue_at_risk_seconds"] else "on_track"
    return "not_projected" if counts["active"] else "paused" if counts["paused"] else "no_clock"
