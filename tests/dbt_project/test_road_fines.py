"""The log of road fines through the marts, against a count of the file itself in plain Python.

The log lies beside the repository; where it does not, these tests are skipped.
"""

from __future__ import annotations

import csv
import gzip
import statistics
from collections import Counter, defaultdict
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.dbt_project import build

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "ingestion" / "sites" / "road_fines"
LOG = ROOT.parent / "shared" / "data" / "appeals" / "road_fine_events.csv.gz"

pytestmark = pytest.mark.skipif(
    not LOG.is_file(), reason="the log of road fines is not beside the repository"
)

FILED, SENT = "Insert Date Appeal to Prefecture", "Send Appeal to Prefecture"
RESULT, TOLD = "Receive Result Appeal from Prefecture", "Notify Result Appeal to Offender"
Case = dict[str, list[tuple[date, str]]]


@pytest.fixture(scope="module")
def fines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the site, its marts of appeals built."""
    data = tmp_path_factory.mktemp("fines")
    build.load(SITE, data)
    build.build(
        SITE, data, select=["+agg_appeal_cohorts", "+agg_appeal_groups", "+agg_appeal_funnel_monthly"]
    )
    return data


@pytest.fixture(scope="module")
def cases() -> dict[str, Case]:
    """Days and codes of dismissal by case and step, read without the pipeline: the day is the text's."""
    found: dict[str, Case] = defaultdict(lambda: defaultdict(list))
    with gzip.open(LOG, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["time:timestamp"][:10])
            found[row["case:concept:name"]][row["concept:name"]].append((day, row["dismissal"]))
    return found


def _appeal(case: Case) -> tuple[str, int | None, date]:
    """Outcome of an appeal to the prefecture, days it took (None: unknown or pending), day of filing."""
    filed = case[FILED][0][0]
    code = case[SENT][0][1] if case[SENT] else "NIL"
    paid = sorted(day for day, _ in case["Payment"] if day >= filed)
    ends = [case[step][0][0] for step in (TOLD, RESULT) if case[step]]
    days = (ends[0] - filed).days if ends and min(ends) >= filed else None
    if code == "#":
        return "reversed", days, filed
    if code != "NIL":
        return "omitted", days, filed
    if case[RESULT]:
        return "upheld", days, filed
    if paid:
        return "withdrawn", (paid[0] - filed).days, filed
    return "pending", None, filed


def test_funnel_is_the_count_of_the_file(fines: Path, cases: dict[str, Case]) -> None:
    wanted: Counter[str] = Counter()
    for case in cases.values():
        code = case["Create Fine"][0][1]
        untouched = not case["Payment"] and not case["Send for Credit Collection"]
        outcome = _appeal(case)[0] if case[FILED] else None
        judged = case["Appeal to Judge"][0][1] if case["Appeal to Judge"] else None
        wanted += Counter(
            decision_count=1,
            notified_count=bool(case["Insert Fine Notification"]),
            appealed_count=outcome is not None,
            with_verdict_count=outcome in ("upheld", "reversed"),
            overturned_count=outcome == "reversed",
            with_pending_count=outcome == "pending",
            restored_without_appeal_count=code != "NIL" and untouched,
            disputed_count=judged is not None,
            ods_reversed_count=judged == "G",
        )
    columns = ", ".join(f"cast(sum({name}) as bigint) as {name}" for name in wanted)
    [built] = build.rows(fines, f"select {columns} from marts.agg_appeal_funnel_monthly")
    assert built == dict(wanted)
    assert built["decision_count"] == 150_370
    assert built["appealed_count"] == 4_188


def test_outcomes_and_days_are_those_of_the_file(fines: Path, cases: dict[str, Case]) -> None:
    wanted = {name: _appeal(case) for name, case in cases.items() if case[FILED]}
    columns = "decision_id, outcome, submitted_at, seconds_to_decision"
    query = f"select {columns} from marts.fct_appeals where body = 'internal'"
    zone = ZoneInfo("Europe/Rome")

    def days(row: dict[str, Any]) -> int | None:
        if row["seconds_to_decision"] is None:
            return None
        # an hour more or less where the clock changed meanwhile
        return round(row["seconds_to_decision"] / 86_400)

    built = {
        row["decision_id"]: (
            row["outcome"] or "pending",
            days(row),
            row["submitted_at"].astimezone(zone).date(),
        )
        for row in build.rows(fines, query)
    }
    assert built == wanted
    # the result that is dated before its filing: an outcome, but no time
    assert wanted["V7999"][:2] == ("upheld", None)


def test_overturn_rate_and_times_are_worked_out_apart(fines: Path, cases: dict[str, Case]) -> None:
    from lifelines import KaplanMeierFitter

    zone, as_of = ZoneInfo("Europe/Rome"), datetime(2013, 6, 19, tzinfo=ZoneInfo("Europe/Rome"))
    appeals = [_appeal(case) for case in cases.values() if case[FILED]]
    verdicts = [days for outcome, days, _ in appeals if outcome in ("upheld", "reversed")]
    seconds, events = [], []
    for case in cases.values():
        if not case[FILED]:
            continue
        outcome, days, filed = _appeal(case)
        start = datetime(filed.year, filed.month, filed.day, tzinfo=zone).timestamp()
        if outcome == "pending":
            seconds.append(as_of.timestamp() - start)
            events.append(False)
        elif days is not None:
            end = date.fromordinal(filed.toordinal() + days)
            seconds.append(datetime(end.year, end.month, end.day, tzinfo=zone).timestamp() - start)
            events.append(outcome in ("upheld", "reversed"))
    fitted = KaplanMeierFitter().fit(seconds, events)
    [built] = build.rows(fines, "select * from marts.agg_appeal_groups where dimension = 'all'")
    assert built["decided_count"] == len(verdicts)
    assert built["overturn_rate"] == pytest.approx(
        sum(outcome == "reversed" for outcome, *_ in appeals) / len(verdicts), abs=1e-12
    )
    assert built["decided_within_30d_rate"] == pytest.approx(1 - float(fitted.predict(30 * 86_400)), abs=1e-9)
    # so many are pending that in the estimate fewer than half are ever decided
    assert built["median_seconds"] is None
    assert fitted.median_survival_time_ == float("inf")
    naive = statistics.median(days for days in verdicts if days is not None)
    assert built["naive_median_seconds"] == pytest.approx(naive * 86_400, abs=3_601)
