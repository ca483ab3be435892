"""The shop's survey export through the marts, against pandas and statsmodels on the file itself.

The export lies beside the repository; where it does not, these tests are skipped.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from tests.dbt_project import build

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "ingestion" / "sites" / "shop"
EXPORT = ROOT.parent / "shared" / "data" / "csat_survey" / "shopzilla_csat_20pct.csv.gz"

pytestmark = pytest.mark.skipif(not EXPORT.is_file(), reason="the survey export is not beside the repository")

# dimension of the mart: column of the export
DIMENSIONS = {
    "survey_channel": "channel_name",
    "line_of_business": "category",
    "contact_reason": "Sub-category",
    "lead_id": "Supervisor",
    "agent_id": "Agent_name",
    "tenure_band": "Tenure Bucket",
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the shop, its CSAT marts built."""
    data = tmp_path_factory.mktemp("shop")
    build.load(SITE, data)
    marts = ["+agg_csat_groups_monthly", "+agg_csat_weekly", "+agg_csat_response_weekly"]
    build.build(SITE, data, select=marts)
    return data


@pytest.fixture(scope="module")
def export() -> Any:
    """The file as pandas reads it."""
    import pandas as pd

    table = pd.read_csv(EXPORT, dtype=str)
    table["score"] = table["CSAT Score"].astype(float)
    for name in ("Issue_reported at", "issue_responded"):
        table[name] = pd.to_datetime(table[name], format="%d/%m/%Y %H:%M")
    return table


def _id(name: str) -> str:
    return hashlib.md5(name.encode()).hexdigest()[:12]


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_each_group_is_counted_as_pandas_counts_it(shop: Path, export: Any, dimension: str) -> None:
    from statsmodels.stats.proportion import proportion_confint

    rows = build.rows(shop, f"select * from marts.agg_csat_groups_monthly where dimension = '{dimension}'")
    groups = export.groupby(DIMENSIONS[dimension])
    found = {row["dimension_value"]: row for row in rows}
    names = {_id(name) if dimension.endswith("_id") else name: name for name in groups.groups}
    assert set(found) == set(names)
    for value, name in names.items():
        row, scores = found[value], groups.get_group(name)["score"]
        satisfied, dissatisfied = int((scores >= 4).sum()), int((scores <= 2).sum())
        counts = (row["responded_count"], row["satisfied_count"], row["dissatisfied_count"])
        assert counts == (len(scores), satisfied, dissatisfied)
        low, high = proportion_confint(satisfied, len(scores), method="wilson")
        assert row["csat_lower_rate"] == pytest.approx(low, abs=1e-9)
        assert row["csat_upper_rate"] == pytest.approx(high, abs=1e-9)
        assert row["is_rankable"] == (len(scores) >= 30 and high - low < 0.2)


def test_agents_under_the_minimum_are_not_rankable(shop: Path, export: Any) -> None:
    (row,) = build.rows(
        shop,
        "select count(*) as agents, count(*) filter (is_rankable) as rankable,"
        " count(*) filter (is_rankable and responded_count < 30) as rankable_on_too_few,"
        " count(*) filter (responded_count < 30) as too_few"
        " from marts.agg_csat_groups_monthly where dimension = 'agent_id'",
    )
    sizes = export["Agent_name"].value_counts()
    assert (row["agents"], row["too_few"]) == (len(sizes), int((sizes < 30).sum()))
    assert row["rankable_on_too_few"] == 0 and 0 < row["rankable"] <= row["agents"] - row["too_few"]


def test_responses_before_the_report_are_unknown_not_quick(shop: Path, export: Any) -> None:
    seconds = (export["issue_responded"] - export["Issue_reported at"]).dt.total_seconds()
    lost = seconds < 0
    (row,) = build.rows(
        shop,
        "select count(*) as surveys, count(first_reply_seconds_calendar) as known,"
        " count(*) filter (first_reply_null_reason = 'responded_before_reported') as lost,"
        " sum(first_reply_seconds_calendar) as total, count(*) filter (is_responded) as responded"
        " from marts.fct_csat_responses",
    )
    assert row["lost"] == int(lost.sum()) == 635
    assert row["surveys"] == row["responded"] == len(export) == row["known"] + row["lost"]
    assert row["total"] == pytest.approx(float(seconds[~lost].sum()))


def test_nobody_takes_an_export_of_answers_for_a_response_rate(shop: Path) -> None:
    for mart in ("agg_csat_weekly", "agg_csat_response_weekly", "agg_csat_groups_monthly"):
        (row,) = build.rows(
            shop,
            "select count(*) as cells, count(response_rate) as rates, count(response_upper_rate) as flags,"
            f" count(csat_if_silent_dissatisfied_rate) as bounds from marts.{mart}",
        )
        assert row["cells"] > 0 and row["rates"] == row["flags"] == row["bounds"] == 0


def test_names_of_staff_stay_in_staging(shop: Path, export: Any) -> None:
    names = {*export["Agent_name"], *export["Supervisor"], *export["Manager"]}
    ids = build.rows(shop, "select distinct agent_id, lead_id from marts.fct_csat_responses")
    assert len(ids) == 1_368
    assert not names & {value for row in ids for value in row.values()}
