"""Detection of insights against maintained libraries: the control of false discoveries, tails of rates.

A week of rates is drawn, put through the models by SQL, and worked out again with statsmodels and scipy.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from tests.dbt_project import build, insight_site
from tests.dbt_project.insight_site import SHIPS, end_of_week

WEEK_BEFORE, WEEKS, REASONS = 2900, 14, 40
MODELS = ("int_insight_rate_scores", "int_insight_tests", "int_insight_detections")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built site whose weeks of rates are replaced by forty reasons of chance, and three with a cause."""
    folder = tmp_path_factory.mktemp("rates")
    site = insight_site.write(folder / "site")
    build.load(site, folder / "data")
    chosen = ("+int_insight_detections",)
    as_of = end_of_week(SHIPS)
    build.build(site, folder / "data", as_of=as_of, select=chosen, exclude=(), data_tests=False)
    rng = np.random.default_rng(7)
    rows = []
    for reason in range(REASONS):
        for week in range(WEEKS):
            trials = int(rng.integers(20, 60))
            rate = 0.75 if week == WEEKS - 1 and reason < 3 else 0.35
            events = int(rng.binomial(trials, rate))
            rows.append((f"r{reason}", WEEK_BEFORE + week, trials, events))
    with duckdb.connect(str(folder / "data" / "warehouse.duckdb")) as connection:
        connection.execute("delete from intermediate.int_insight_rate_weeks")
        connection.execute("delete from intermediate.int_driver_baselines")
        connection.executemany(
            "insert into intermediate.int_insight_rate_weeks (driver_scope_key, group_key, measure,"
            " source_id, line_of_business, contact_reason, stratum, week_no, trial_count, event_count,"
            " minor_count, minor_event_count)"
            " select reason, 'csat', 'csat', 'desk', 'pay', reason, '', week, n, y, 0, 0"
            " from (values (?, ?, ?, ?)) as drawn (reason, week, n, y)",
            rows,
        )
    build.build(site, folder / "data", as_of=as_of, select=MODELS, exclude=(), data_tests=False)
    return folder / "data"


def test_q_values_are_those_of_statsmodels(data_dir: Path) -> None:
    last = f"week_no = {WEEK_BEFORE + WEEKS - 1}"
    tests = build.rows(
        data_dir, f"select pattern_key, p_value from intermediate.int_insight_tests where {last}"
    )
    assert len(tests) == REASONS
    _, q_values, _, _ = multipletests([row["p_value"] for row in tests], method="fdr_bh")
    expected = {row["pattern_key"]: q for row, q in zip(tests, q_values, strict=True) if q <= 0.01}
    found = build.rows(
        data_dir, f"select pattern_key, q_value from intermediate.int_insight_detections where {last}"
    )
    assert {row["pattern_key"]: row["q_value"] for row in found} == pytest.approx(expected, rel=1e-9)


def test_the_reasons_with_a_cause_are_found_and_no_other(data_dir: Path) -> None:
    found = build.rows(data_dir, "select contact_reason, week_no from intermediate.int_insight_detections")
    assert {(row["contact_reason"], row["week_no"]) for row in found} == {
        (f"r{reason}", WEEK_BEFORE + WEEKS - 1) for reason in range(3)
    }


def test_the_score_has_the_tail_of_the_binomial(data_dir: Path) -> None:
    """Without the error of the past rate, the score of a window is that of the exact tail, within a tenth."""
    rows = build.rows(
        data_dir,
        "select trial_count, event_count, expected_rate, baseline_trial_count, dispersion, score"
        " from intermediate.int_insight_rate_scores where window_weeks = 1 and score > 1.5",
    )
    assert len(rows) >= 10
    for row in rows:
        exact = stats.norm.isf(
            stats.binom.sf(row["event_count"] - 1, row["trial_count"], row["expected_rate"])
        )
        widened = np.sqrt(row["dispersion"] * (1 + row["trial_count"] / row["baseline_trial_count"]))
        assert row["score"] * widened == pytest.approx(exact, abs=0.1)


def test_tails_are_those_of_scipy(data_dir: Path) -> None:
    """The best of up to three windows counts, its p times their number."""
    rows = build.rows(data_dir, "select score, p_value from intermediate.int_insight_tests where p_value < 1")
    ratios = np.array([row["p_value"] / stats.norm.sf(row["score"]) for row in rows])
    assert np.abs(ratios - np.round(ratios)).max() < 1e-5
    assert set(np.round(ratios)) <= {1.0, 2.0, 3.0}
