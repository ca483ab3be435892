"""Decisions and complaints of random sites: rows as plain Python works them out, times as lifelines does.

Also: shuffled, split, late and repeated deliveries give the same marts.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.dbt_project import build
from tests.dbt_project.appeal_facts import VERDICTS, appeal_facts, decision_facts, state
from tests.dbt_project.appeal_site import AS_OF, draw, write

MARTS = ("fct_appeals", "fct_decisions", "bridge_appeal_decisions", "agg_appeal_cohorts", "agg_appeal_groups")
SELECTED = [*(f"+{mart}" for mart in MARTS), "+agg_appeal_funnel_monthly", "+dim_sla_policy"]


@pytest.fixture(scope="module", params=[1, 2])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Path]:
    """A random site, loaded and built: its seed and data folder."""
    place = tmp_path_factory.mktemp("appealed")
    site = write(place / "site", draw(request.param))
    build.load(site, place / "data")
    build.build(site, place / "data", select=SELECTED, data_tests=request.param == 1)
    return request.param, place / "data"


def _same(built: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return all(
        abs(built[name] - value) < 1e-6
        if isinstance(value, float) and built[name] is not None
        else built[name] == value
        for name, value in wanted.items()
    )


def test_each_complaint_is_as_worked_out_by_hand(built: tuple[int, Path]) -> None:
    seed, data = built
    wanted = appeal_facts(draw(seed))
    rows = {(r["source_id"], r["appeal_id"]): r for r in build.rows(data, "select * from marts.fct_appeals")}
    assert rows.keys() == wanted.keys()
    assert {key: row for key, row in rows.items() if not _same(row, wanted[key])} == {}
    # the site has what it is there for
    assert {fact["sla_status"] for fact in wanted.values()} >= {
        "active",
        "met",
        "breached",
        "cancelled",
        None,
    }
    assert max(fact["round_no"] for fact in wanted.values()) > 3
    assert any(not fact["is_admissible"] for fact in wanted.values())


def test_each_decision_is_as_worked_out_by_hand(built: tuple[int, Path]) -> None:
    seed, data = built
    wanted = decision_facts(draw(seed))
    rows = {r["decision_id"]: r for r in build.rows(data, "select * from marts.fct_decisions")}
    assert rows.keys() == wanted.keys()
    assert {key: row for key, row in rows.items() if not _same(row, wanted[key])} == {}


def test_policies_show_the_targets_of_complaints(built: tuple[int, Path]) -> None:
    """Among data tests that know this metric: dbt would have failed the build of the first site."""
    query = "select distinct policy_id from marts.dim_sla_policy where metric = 'appeal_decision' order by 1"
    assert [row["policy_id"] for row in build.rows(built[1], query)] == ["p1", "p2", "p4"]


def test_groups_stand_under_no_policy_that_is_withheld(built: tuple[int, Path]) -> None:
    """One rule for rows and aggregates: complaints by the policy their decision shows."""
    seed, data = built
    decisions, complaints = state(draw(seed))
    wanted = Counter(
        decisions.get(complaint["decision_id"], {}).get("policy_category")
        for complaint in complaints
        if complaint["body"] == "internal"
    )
    rows = build.rows(data, "select * from marts.agg_appeal_groups where dimension = 'policy_category'")
    assert {row["dimension_value"]: row["appeal_count"] for row in rows} == wanted


def test_the_bridge_holds_complaints_on_several_decisions_only(built: tuple[int, Path]) -> None:
    seed, data = built
    wanted = {
        (complaint["source_id"], complaint["appeal_id"]): len(complaint["covers"])
        for complaint in state(draw(seed))[1]
        if len(complaint["covers"]) > 1
    }
    rows = build.rows(data, "select source_id, appeal_id from marts.bridge_appeal_decisions")
    assert Counter((row["source_id"], row["appeal_id"]) for row in rows) == wanted


def _durations(seed: int) -> dict[tuple[str, str], tuple[dict[str, Any], float, bool]]:
    """Seconds each internal complaint lasted, and whether with a verdict; with its decision."""
    decisions, complaints = state(draw(seed))
    found = {}
    for complaint in complaints:
        until = AS_OF if complaint["outcome"] is None else complaint["ended_at"]
        if complaint["body"] == "internal" and until is not None:
            seconds = (until - complaint["submitted_at"]) / timedelta(seconds=1)
            event = complaint["outcome"] in VERDICTS
            found["desk", complaint["appeal_id"]] = (
                complaint | {"decision": decisions.get(complaint["decision_id"], {})},
                seconds,
                event,
            )
    return found


def _estimate(seconds: list[float], events: list[bool]) -> tuple[float | None, Any]:
    """Median and survival function by lifelines; a half that rounding missed is a half."""
    from lifelines import KaplanMeierFitter

    fitted = KaplanMeierFitter().fit(seconds, events)
    survival = fitted.survival_function_.iloc[:, 0]
    reached = survival.index[survival <= 0.5 + 1e-9]
    median = float(reached[0]) if len(reached) else None
    if np.abs(survival - 0.5).min() > 1e-9:
        own = fitted.median_survival_time_
        assert median == (None if math.isinf(own) else own)
    return median, fitted


def test_times_to_a_verdict_are_those_of_lifelines(built: tuple[int, Path]) -> None:
    seed, data = built
    groups: dict[tuple[str, str | None], list[tuple[float, bool]]] = defaultdict(list)
    for complaint, seconds, event in _durations(seed).values():
        decision = complaint["decision"]
        groups["all", "all"].append((seconds, event))
        for dimension in ("restriction", "automated_decision", "decider_tier"):
            groups[dimension, decision.get(dimension)].append((seconds, event))
        for dimension in ("market", "language"):
            groups[dimension, complaint[dimension]].append((seconds, event))
    rows = {
        (r["dimension"], r["dimension_value"]): r
        for r in build.rows(data, "select * from marts.agg_appeal_groups where source_id = 'desk'")
    }
    assert groups.keys() <= rows.keys()
    for key, cases in groups.items():
        lasted, events = [case[0] for case in cases], [case[1] for case in cases]
        median, fitted = _estimate(lasted, events)
        assert rows[key]["median_seconds"] == pytest.approx(median, abs=1e-6), key
        for name, days in (("1d", 1), ("7d", 7), ("30d", 30)):
            wanted = 1 - float(fitted.predict(days * 86_400)) if any(events) else None
            assert rows[key][f"decided_within_{name}_rate"] == pytest.approx(wanted, abs=1e-9), key


def test_cohorts_count_and_time_their_cells(built: tuple[int, Path]) -> None:
    seed, data = built
    decisions, _ = state(draw(seed))
    cells: dict[tuple[Any, ...], list[tuple[float, bool]]] = defaultdict(list)
    for complaint, seconds, event in _durations(seed).values():
        if complaint["decision"]:
            cells[_cell(complaint["decision"])].append((seconds, event))
    rows = {
        (
            r["decided_week_date"],
            r["restriction"],
            r["policy_category"],
            r["automated_decision"],
            r["decider_tier"],
        ): r
        for r in build.rows(data, "select * from marts.agg_appeal_cohorts")
    }
    assert rows.keys() == {_cell(decision) for decision in decisions.values()}
    assert sum(row["decision_count"] for row in rows.values()) == len(decisions)
    assert sum(row["minor_count"] for row in rows.values()) >= sum(
        decision["is_minor"] is True for decision in decisions.values()
    )
    for key, row in rows.items():
        median = _estimate(*[list(c) for c in zip(*cells[key], strict=True)])[0] if key in cells else None
        assert row["median_seconds"] == pytest.approx(median, abs=1e-6), key


def _cell(decision: dict[str, Any]) -> tuple[Any, ...]:
    from zoneinfo import ZoneInfo

    day = decision["decided_at"].astimezone(ZoneInfo("Europe/Berlin")).date()
    monday = day - timedelta(days=day.weekday())
    columns = ("restriction", "policy_category", "automated_decision", "decider_tier")
    return monday, *(decision[column] for column in columns)


@pytest.mark.parametrize("shuffle", [5])
def test_shuffled_split_and_repeated_deliveries_give_the_same_marts(
    built: tuple[int, Path], tmp_path: Path, shuffle: int
) -> None:
    """Three files per entity, loaded one after the other, rows twice and behind older versions."""
    seed, data = built
    site = write(tmp_path / "site", draw(seed), shuffle=shuffle)
    late = {file: file.read_bytes() for file in site.glob("*/*_[12].csv")}
    for file in late:
        file.unlink()
    build.load(site, tmp_path / "data")
    for file, content in sorted(late.items(), reverse=True):
        file.write_bytes(content)
        build.load(site, tmp_path / "data")
    build.build(site, tmp_path / "data", select=SELECTED, data_tests=False)
    for mart in MARTS:
        query = f"select * from marts.{mart} order by 1"
        assert build.rows(tmp_path / "data", query) == build.rows(data, query), mart
