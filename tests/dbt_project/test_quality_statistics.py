"""Scores, shares, weighted means and agreement of random surveys and reviews, against maintained libraries.

statsmodels for Wilson bounds, design-weighted means and differences, krippendorff for alpha, scikit-learn for
kappa; scores and the choice of answers are worked out anew in plain Python from the delivered rows.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from tests.dbt_project import build, quality_site
from tests.dbt_project.quality_site import RUBRIC, Tables

Row = dict[str, Any]
MARTS = (
    "agg_csat_weekly",
    "agg_csat_response_weekly",
    "agg_csat_groups_monthly",
    "agg_quality_weekly",
    "fct_reviewer_agreement",
    "agg_grader_drift_monthly",
)
EXACT = 1e-9
# dbt's data tests are run on the first site; they take as long as its models.
SEEDS = (3, 4)


class Built:
    """A random site, its rows as delivered and its marts."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.delivered: Tables = quality_site.draw(Random(seed))
        self.data = folder / "data"
        quality_site.write(folder / "site", self.delivered)
        build.load(folder / "site", self.data)
        select = [f"+{mart}" for mart in MARTS]
        build.build(folder / "site", self.data, select=select, data_tests=seed == SEEDS[0])

    def rows(self, query: str) -> list[Row]:
        return build.rows(self.data, query)


@pytest.fixture(scope="module", params=SEEDS, ids=lambda seed: f"seed_{seed}")
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    return Built(tmp_path_factory.mktemp("quality"), request.param)


def grouped(rows: list[Row], key: Callable[[Row], tuple[Any, ...]]) -> Mapping[tuple[Any, ...], list[Row]]:
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


def same(found: float | None, expected: float | None) -> bool:
    if found is None or expected is None or math.isnan(expected):
        return found is None and (expected is None or math.isnan(expected))
    return abs(found - expected) < EXACT


def test_first_and_latest_answers_are_those_of_the_delivered_rows(built: Built) -> None:
    answers = grouped(built.delivered["csat_responses"], lambda row: (row["survey_id"],))
    facts = built.rows("select * from marts.fct_csat_responses")
    as_of = quality_site.AS_OF
    assert {row["survey_id"] for row in facts} == {
        survey for (survey,), versions in answers.items() if versions[0]["sent_at"] <= as_of
    }
    assert sum(row["is_rerated"] for row in facts) > 20
    for row in facts:
        known = sorted(
            (v for v in answers[row["survey_id"],] if v["score"] != "" and v["recorded_at"] <= as_of),
            key=lambda version: version["recorded_at"],
        )
        assert row["answer_count"] == len(known)
        assert row["is_responded"] == bool(known)
        if known:
            low, high = known[-1]["scale_min"], known[-1]["scale_max"]
            assert (row["first_score"], row["score"]) == (known[0]["score"], known[-1]["score"])
            assert same(row["score_normalised"], (known[-1]["score"] - low) / (high - low))
            turn = (row["score"] > row["first_score"]) - (row["score"] < row["first_score"])
            assert row["rerating_direction"] == (["same", "up", "down"][turn] if len(known) > 1 else None)


@pytest.mark.parametrize("mart", MARTS[:3])
def test_shares_have_the_wilson_bounds_of_statsmodels(built: Built, mart: str) -> None:
    from statsmodels.stats.proportion import proportion_confint

    rows = built.rows(f"select * from marts.{mart}")
    assert len(rows) > 20
    for row in rows:
        for name, successes, trials in (
            ("response", "responded_count", "sent_count"),
            ("csat", "satisfied_count", "responded_count"),
        ):
            if not row[trials]:
                assert row[f"{name}_rate"] is row[f"{name}_lower_rate"] is row[f"{name}_upper_rate"] is None
                continue
            low, high = proportion_confint(row[successes], row[trials], method="wilson")
            assert same(row[f"{name}_rate"], row[successes] / row[trials])
            assert same(row[f"{name}_lower_rate"], max(low, 0)) and same(
                row[f"{name}_upper_rate"], min(high, 1)
            )
        narrow = row["responded_count"] >= 30 and row["csat_upper_rate"] - row["csat_lower_rate"] < 0.2
        assert row["is_rankable"] == narrow


def test_scores_are_those_of_the_rubric_version_used(built: Built) -> None:
    ratings = grouped(built.delivered["quality_ratings"], lambda row: (row["review_id"],))
    facts = built.rows("select * from marts.fct_quality_reviews")
    assert len(facts) > 200
    for row in facts:
        version = row["rubric_version"]
        weight = total = 0.0
        failed = False
        for rating in ratings[row["review_id"],]:
            if rating["rating"] != "":
                part, top, critical = RUBRIC[rating["category_id"]][version]
                weight, total = weight + part, total + part * rating["rating"] / top
                failed = failed or (critical and rating["rating"] / top < 0.5)
        raw = total / weight if weight else None
        assert same(row["raw_score"], raw) and row["is_auto_failed"] == failed
        assert same(row["score"], 0.0 if failed and raw is not None else raw)


def test_iqs_is_the_weighted_mean_of_statsmodels_with_its_robust_error(built: Built) -> None:
    import statsmodels.api as sm

    dimensions = (
        "source_id",
        "reviewed_week_date",
        "subject_type",
        "line_of_business",
        "language",
        "tier",
        "vendor",
    )
    reviews = built.rows("select * from marts.fct_quality_reviews where is_in_iqs")
    groups = grouped(reviews, lambda row: tuple(row[name] for name in dimensions))
    cells = built.rows("select * from marts.agg_quality_weekly where review_count > 0")
    assert {tuple(row[name] for name in dimensions) for row in cells} == set(groups)
    compared = 0
    for row in cells:
        group = groups[tuple(row[name] for name in dimensions)]
        scores = np.array([review["score"] for review in group])
        weights = np.array([review["sampling_weight"] for review in group])
        assert row["review_count"] == len(group)
        assert same(row["iqs_rate"], np.average(scores, weights=weights))
        assert same(row["effective_reviews"], weights.sum() ** 2 / (weights**2).sum())
        if len(group) < 2:
            assert row["iqs_standard_error"] is row["iqs_lower_rate"] is None
        elif len(set(scores)) > 1:
            # n / (n - 1) times the sandwich: the linearised variance of a ratio mean
            fit = sm.WLS(scores, np.ones(len(group)), weights=weights).fit(cov_type="HC1")
            assert same(row["iqs_standard_error"], float(fit.bse[0]))
            low, high = fit.conf_int()[0]
            assert same(row["iqs_lower_rate"], max(low, 0)) and same(row["iqs_upper_rate"], min(high, 1))
            compared += 1
    assert compared > 10


def _calibration(built: Built) -> dict[tuple[int, str], dict[str, dict[str, float]]]:
    """Rating by (rubric version, category), subject and grader, from the delivered rows."""
    excluded = {t["ticket_id"] for t in built.delivered["tickets"] if t["is_spam"]}
    reviews = {r["review_id"]: r for r in built.delivered["quality_reviews"]}
    found: dict[tuple[int, str], dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for rating in built.delivered["quality_ratings"]:
        review = reviews[rating["review_id"]]
        counts = review["purpose"] == "calibration" and review["subject_id"] not in excluded
        if counts and rating["rating"] != "" and review["reviewed_at"] <= quality_site.AS_OF:
            unit = found[review["rubric_version"], rating["category_id"]][review["subject_id"]]
            unit[review["reviewer_id"]] = rating["rating"]
    return found


def test_alpha_is_that_of_the_krippendorff_library(built: Built) -> None:
    import krippendorff

    rows = built.rows("select * from marts.fct_reviewer_agreement where agreement_of = 'category'")
    expected = _calibration(built)
    assert {(row["rubric_version"], row["category_id"]) for row in rows} == set(expected)
    for row in rows:
        units = [
            unit for unit in expected[row["rubric_version"], row["category_id"]].values() if len(unit) > 1
        ]
        matrix = [[unit.get(grader, np.nan) for unit in units] for grader in quality_site.GRADERS]
        assert row["set_count"] == len(units)
        assert row["rating_count"] == sum(map(len, units))
        alpha = krippendorff.alpha(reliability_data=matrix, level_of_measurement="ordinal")
        assert same(row["krippendorff_alpha"], float(alpha))


def test_kappa_is_that_of_scikit_learn(built: Built) -> None:
    from sklearn.metrics import cohen_kappa_score

    rows = built.rows("select * from marts.fct_reviewer_agreement where agreement_of = 'pair'")
    found = {
        (row["rubric_version"], row["category_id"], row["reviewer_a_id"], row["reviewer_b_id"]): row
        for row in rows
    }
    expected = set()
    for (version, category), subjects in _calibration(built).items():
        for one, two in combinations(quality_site.GRADERS, 2):
            shared = [(unit[one], unit[two]) for unit in subjects.values() if one in unit and two in unit]
            if not shared:
                continue
            expected.add((version, category, one, two))
            row = found[version, category, one, two]
            assert row["set_count"] == len(shared)
            if len({value for pair in shared for value in pair}) == 1:
                assert row["cohen_kappa"] is None and row["null_reason"] == "no_variation"
            else:
                first, second = zip(*shared, strict=True)
                assert same(row["cohen_kappa"], float(cohen_kappa_score(first, second)))
    assert set(found) == expected and len(expected) > 30


def test_drift_of_graders_is_that_of_statsmodels(built: Built) -> None:
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

    reviews = built.rows(
        "select * from marts.fct_quality_reviews where raw_score is not null and not is_excluded"
    )
    drawn = [row for row in reviews if row["purpose"] == "random"]
    sets = grouped(
        [row for row in reviews if row["purpose"] == "calibration"],
        lambda row: (row["subject_id"], row["rubric_version"]),
    )
    rows = built.rows("select * from marts.agg_grader_drift_monthly")
    compared = biased = 0
    for row in rows:
        month, version = row["reviewed_month_date"], row["rubric_version"]
        peers = [
            r for r in drawn if (r["reviewed_date"].replace(day=1), r["rubric_version"]) == (month, version)
        ]
        own = [r["raw_score"] for r in peers if r["reviewer_id"] == row["reviewer_id"]]
        others = [r["raw_score"] for r in peers if r["reviewer_id"] != row["reviewer_id"]]
        assert row["review_count"] == len(own)
        # also of a grader who has calibrations only that month
        assert row["peer_review_count"] == len(others)
        assert same(row["peer_mean_score"], float(np.mean(others)) if others else None)
        if len(own) > 1 and len(others) > 1:
            low, high = CompareMeans(DescrStatsW(own), DescrStatsW(others)).zconfint_diff(usevar="unequal")
            assert same(row["peer_difference"], np.mean(own) - np.mean(others))
            assert same(row["peer_difference_lower"], low) and same(row["peer_difference_upper"], high)
            compared += 1
        biases = []
        for (_, of_version), graded in sets.items():
            mine = [r for r in graded if r["reviewer_id"] == row["reviewer_id"]]
            rest = [r["raw_score"] for r in graded if r["reviewer_id"] != row["reviewer_id"]]
            if of_version == version and mine and rest and mine[0]["reviewed_date"].replace(day=1) == month:
                biases.append(mine[0]["raw_score"] - np.mean(rest))
        assert row["set_count"] == len(biases)
        before = [
            r
            for r in rows
            if r["set_count"] and r["reviewed_month_date"] < month
            if (r["reviewer_id"], r["rubric_version"]) == (row["reviewer_id"], version)
        ]
        last = max(before, key=lambda r: r["reviewed_month_date"], default=None)
        change = np.mean(biases) - last["calibration_bias"] if biases and last else None
        assert same(row["calibration_bias_change"], change)
        if len(biases) > 1:
            low, high = DescrStatsW(biases).zconfint_mean()
            assert same(row["calibration_bias"], np.mean(biases))
            assert same(row["calibration_bias_lower"], low) and same(row["calibration_bias_upper"], high)
            biased += 1
    assert compared > 3 and biased > 3
