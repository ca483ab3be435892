"""The team marts of a simulated site are what plain Python, numpy and statsmodels make of the truth."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from math import isclose
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from ingestion.simulator import write_site
from tests.dbt_project import build
from tests.dbt_project.team_reference import Place, Truth, monday, percentile, same, score_bounds

AS_OF = datetime(2026, 6, 29, 6, tzinfo=UTC)
SELECTED = ["+marts.team", "+fct_backlog_daily", "dim_date"]
MARTS = tuple(
    f"agg_{name}_weekly"
    for name in ("specialist", "lob_scorecard", "vendor", "language_parity", "lob_reasons")
)


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Truth:
    folder = tmp_path_factory.mktemp("team") / "site"
    write_site(folder, tickets=2_000, seed=31, weeks=10)
    return Truth(folder, AS_OF)


@pytest.fixture(scope="module")
def built(truth: Truth) -> Path:
    """All team marts, nobody left out of them."""
    data_dir = truth.folder.parent / "data"
    build.load(truth.folder, data_dir)
    build.build(truth.folder, data_dir, variables={"minors_minimum_cell": 1}, select=SELECTED)
    return data_dir


@pytest.fixture(scope="module")
def specialists(built: Path) -> dict[tuple[Place, date], dict[str, Any]]:
    rows = build.rows(built, "from marts.agg_specialist_weekly")
    found = {((r["agent_id"], r["team_id"], r["tier"]), r["week_start_date"]): r for r in rows}
    assert len(found) == len(rows) > 300
    return found


def test_work_of_specialists_is_credited_to_who_did_it_at_their_place_then(
    truth: Truth, specialists: dict[tuple[Place, date], dict[str, Any]]
) -> None:
    expected: dict[tuple[Place, date], dict[str, int]] = defaultdict(lambda: defaultdict(int))

    def add(agent: str | None, at: datetime, week: date, **counts: bool) -> None:
        if agent and not truth.is_bot(agent):
            for name, count in counts.items():
                expected[truth.place(agent, at), week][name] += count

    for r in truth.solves:
        add(r["assignee_id"], r["at"], monday(r["at"]), solved_count=True, reopened_count=r["is_reopened"])
    for r in truth.replies:
        week, macro, first = monday(r["replied_at"]), r["macro_id"] is not None, r["is_first_reply"]
        add(
            r["agent_id"],
            r["replied_at"],
            week,
            reply_count=True,
            macro_reply_count=macro,
            first_reply_count=first,
        )
    for r in truth.outcomes:
        met = r["status"] == "met"
        add(r["assignee_id"], r["at"], r["week"], sla_met_count=met, sla_breached_count=not met)
    for r in truth.surveys:
        satisfied = bool(r["is_satisfied"])
        add(r["agent_id"], r["solved_at"] or r["sent_at"], monday(r["sent_at"]), survey_count=True,
            answered_count=r["score"] is not None, satisfied_count=satisfied)  # fmt: skip
    for (place, week), tickets in truth.held().items():
        expected[place, week]["held_ticket_count"] = len(tickets)

    names = {name for counts in expected.values() for name in counts}
    assert len(names) == 11
    wanted = {key: {name: counts[name] for name in names} for key, counts in expected.items()}
    got = {key: {name: row[name] for name in names} for key, row in specialists.items()}
    assert {key: counts for key, counts in got.items() if any(counts.values())} == {
        key: counts for key, counts in wanted.items() if any(counts.values())
    }


def test_reply_times_of_specialists_are_numpys_percentiles(
    truth: Truth, specialists: dict[tuple[Place, date], dict[str, Any]]
) -> None:
    times: dict[tuple[Place, date], list[float]] = defaultdict(list)
    for r in truth.replies:
        if r["reply_seconds_business"] is not None and not truth.is_bot(r["agent_id"]):
            times[truth.place(r["agent_id"], r["replied_at"]), monday(r["replied_at"])].append(
                r["reply_seconds_business"]
            )
    assert len(times) > 200
    for key, row in specialists.items():
        assert row["timed_reply_count"] == len(times.get(key, ()))
        for share, column in ((0.5, "reply_seconds_business_p50"), (0.9, "reply_seconds_business_p90")):
            assert same(row[column], percentile(times.get(key, ()), share)), (key, column)


def test_occupancy_is_the_union_of_intervals(
    truth: Truth, specialists: dict[tuple[Place, date], dict[str, Any]]
) -> None:
    agents = sorted({place[0] for place, _ in specialists})[::8]
    compared = 0
    for agent in agents:
        for week, seconds in truth.time(agent).items():
            rows = [row for (place, w), row in specialists.items() if place[0] == agent and w == week]
            columns = ("on_shift_seconds", "available_seconds", "handling_seconds")
            assert same(sum(row[columns[0]] for row in rows), seconds[0]), (agent, week)
            assert same(sum(row[columns[1]] for row in rows), seconds[1]), (agent, week)
            assert same(sum(row[columns[2]] for row in rows), seconds[2]), (agent, week)
            compared += seconds[2] > 0
    assert compared > 30
    assert all(row["occupancy_rate"] is None or row["occupancy_rate"] <= 1 for row in specialists.values())


def test_scorecards_of_lines_of_business(truth: Truth, built: Path) -> None:
    rows = {
        (r["line_of_business"], r["week_start_date"]): r
        for r in build.rows(built, "from marts.agg_lob_scorecard_weekly")
    }
    created: dict[tuple[str | None, date], int] = defaultdict(int)
    resolution: dict[tuple[str | None, date], list[float]] = defaultdict(list)
    first: dict[tuple[str | None, date], list[float]] = defaultdict(list)
    for t in truth.tickets.values():
        line = t["line_of_business"]
        created[line, monday(t["created_at"])] += 1
        if t["status_category"] in ("solved", "closed"):
            resolution[line, monday(t["last_solved_at"])].append(t["full_resolution_seconds_calendar"])
        if t["first_replied_at"]:
            first[line, monday(t["first_replied_at"])].append(t["first_reply_seconds_calendar"])
    outcomes: dict[tuple[str | None, date], list[bool]] = defaultdict(list)
    for r in truth.outcomes:
        outcomes[r["line_of_business"], r["week"]].append(r["status"] == "met")
    ends = {week: truth.open_at_end(week) for week in {week for _, week in rows}}
    assert len(rows) > 60
    for (line, week), row in rows.items():
        key = (line, week)
        assert row["created_count"] == created[key]
        assert row["resolved_count"] == len(resolution[key])
        assert same(row["resolution_seconds_calendar_p50"], percentile(resolution[key], 0.5))
        assert same(row["first_reply_seconds_calendar_p90"], percentile(first[key], 0.9))
        assert row["sla_met_count"] + row["sla_breached_count"] == len(outcomes[key])
        if outcomes[key]:
            lower, upper = proportion_confint(sum(outcomes[key]), len(outcomes[key]), method="wilson")
            assert isclose(row["sla_attainment_lower_rate"], lower, abs_tol=1e-9)
            assert isclose(row["sla_attainment_upper_rate"], upper, abs_tol=1e-9)
        # tickets that are excluded now were open then, so the mart may count a few more
        assert row["open_count"] >= ends[week].get(line, 0)
    backlog = build.rows(
        built,
        "select line_of_business, week_start_date, sum(closing_count) as n from marts.fct_backlog_daily"
        " join marts.dim_date on calendar_date = backlog_date"
        " where weekday = 7 or backlog_date = (select max(backlog_date) from marts.fct_backlog_daily)"
        " group by all",
    )
    assert {(r["line_of_business"], r["week_start_date"]): r["n"] for r in backlog if r["n"]} == {
        key: row["open_count"] for key, row in rows.items() if row["open_count"]
    }


def test_the_week_as_of_lies_in_is_not_complete(built: Path) -> None:
    """Monday 06:00 UTC: a week is over if seven days after its Monday are, on the wall of the site."""
    today = AS_OF.astimezone(ZoneInfo("Europe/Dublin")).date()
    for mart in MARTS:
        rows = build.rows(
            built, f"select distinct week_start_date as week, is_complete_week as is_over from marts.{mart}"
        )
        assert len(rows) >= 8, mart
        assert {r["week"]: r["is_over"] for r in rows} == {
            r["week"]: r["week"] + timedelta(days=7) <= today for r in rows
        }, mart
        if mart in ("agg_lob_scorecard_weekly", "agg_specialist_weekly"):
            assert {r["is_over"] for r in rows} == {True, False}


def test_gaps_between_languages_have_newcombes_interval(built: Path) -> None:
    rows = build.rows(built, "from marts.agg_language_parity_weekly")
    reference = {
        (r["scope"], r["line_of_business"], r["week_start_date"]): r for r in rows if r["is_reference"]
    }
    assert {r["reference_language"] for r in rows} == {"en"}
    compared = 0
    for row in rows:
        other = reference.get((row["scope"], row["line_of_business"], row["week_start_date"]))
        for name, met, trials in (
            ("sla_attainment", "sla_met_count", "sla_instance_count"),
            ("response", "answered_count", "survey_count"),
        ):
            if row["is_reference"] or other is None or min(row[trials], other[trials]) < 30:
                assert row[f"{name}_gap"] is None
                continue
            bounds = confint_proportions_2indep(
                row[met], row[trials], other[met], other[trials], method="newcomb"
            )
            assert isclose(row[f"{name}_gap_lower"], bounds[0], abs_tol=1e-9)
            assert isclose(row[f"{name}_gap_upper"], bounds[1], abs_tol=1e-9)
            compared += 1
    assert compared > 20


def test_medians_of_first_replies_and_their_bounds_are_ordered_values(truth: Truth, built: Path) -> None:
    times: dict[tuple[str, date], list[float]] = defaultdict(list)
    for t in truth.tickets.values():
        if t["first_replied_at"]:
            times[t["language"], monday(t["first_replied_at"])].append(t["first_reply_seconds_calendar"])
    rows = build.rows(
        built, "from marts.agg_language_parity_weekly where scope = 'all' and first_reply_count > 0"
    )
    assert len(rows) > 50
    for row in rows:
        ordered = sorted(times[row["language"], row["week_start_date"]])
        cases = len(ordered)
        low = max(1, int(cases / 2 - 1.959963984540054 * cases**0.5 / 2 + 0.5))
        high = min(cases, int(1 + cases / 2 + 1.959963984540054 * cases**0.5 / 2 + 0.5))
        assert row["first_reply_count"] == cases
        assert same(row["first_reply_seconds_calendar_p50"], percentile(ordered, 0.5))
        assert same(row["first_reply_seconds_calendar_p50_lower"], ordered[low - 1])
        assert same(row["first_reply_seconds_calendar_p50_upper"], ordered[high - 1])


@pytest.fixture(scope="module")
def reviews(built: Path) -> list[dict[str, Any]]:
    """Reviews that count, with the line of business of a complaint's ticket and when the work was done."""
    return build.rows(
        built,
        "select reviews.*, coalesce(reviews.line_of_business, tickets.line_of_business) as line,"
        " make_timestamptz(subjects.worked_us) as worked_at from marts.fct_quality_reviews as reviews"
        " join intermediate.int_quality_subjects as subjects using (review_key)"
        " left join marts.fct_appeals as appeals on reviews.appeal_key = appeals.appeal_key"
        " left join marts.fct_tickets as tickets on appeals.ticket_key = tickets.ticket_key where is_in_iqs",
    )


def _have_score_and_bounds(
    rows: dict[tuple[Any, ...], dict[str, Any]],
    scores: dict[tuple[Any, ...], list[tuple[float, float]]],
    prefix: str = "",
) -> int:
    """Compare score and bounds of rows with those of their reviews; how many had several equal scores."""
    equal = 0
    assert rows.keys() == scores.keys()
    for key, row in rows.items():
        names = [f"{prefix}quality_score{end}" for end in ("", "_lower", "_upper")]
        score, *bounds = (row[name] for name in names)
        values, weights = zip(*scores[key], strict=True)
        assert row[f"{prefix}review_count"] == len(values)
        assert same(score, float(np.average(values, weights=weights)))
        expected = score_bounds(scores[key])
        assert expected is not None or bounds == [None, None]
        assert expected is None or all(
            isclose(b, e, abs_tol=1e-7) for b, e in zip(bounds, expected, strict=True)
        )
        equal += expected is not None and len(set(values)) == 1
    return equal


def test_quality_scores_are_weighted_means_with_linearised_bounds(
    built: Path, reviews: list[dict[str, Any]]
) -> None:
    equal = 0
    for mart, columns, dimensions in (
        ("agg_lob_scorecard_weekly", ("line_of_business",), ("line",)),
        ("agg_vendor_weekly", ("tier", "vendor"), ("tier", "vendor")),
    ):
        scores: dict[tuple[Any, ...], list[tuple[float, float]]] = defaultdict(list)
        for r in reviews:
            key = (*(r[name] for name in dimensions), r["reviewed_week_date"])
            scores[key].append((r["score"], r["sampling_weight"]))
        rows = build.rows(built, f"from marts.{mart} where review_count > 0")
        assert len(rows) > 20
        by_key = {tuple(row[name] for name in (*columns, "week_start_date")): row for row in rows}
        equal += _have_score_and_bounds(by_key, scores)
    assert equal > 1


def test_recent_quality_scores_look_back_over_eight_weeks_in_the_tier(
    truth: Truth, specialists: dict[tuple[Place, date], dict[str, Any]], reviews: list[dict[str, Any]]
) -> None:
    found: dict[tuple[Any, ...], list[tuple[date, tuple[float, float]]]] = defaultdict(list)
    for r in reviews:
        agent, _, tier = truth.place(r["agent_id"], r["worked_at"])
        found[agent, tier].append((r["reviewed_week_date"], (r["score"], r["sampling_weight"])))
    rows = {
        (place[0], place[2], week): row
        for (place, week), row in specialists.items()
        if row["recent_review_count"]
    }
    scores = {
        key: [pair for week, pair in found[key[:2]] if timedelta() <= key[2] - week <= timedelta(weeks=7)]
        for key in rows
    }
    assert len(rows) > 100 and any(len(pairs) > 2 for pairs in scores.values())
    _have_score_and_bounds(rows, scores, "recent_")


def test_vendors_as_reported_are_the_ledger_summed(built: Path) -> None:
    ledger = build.rows(
        built,
        "select recorded_tier as tier, recorded_vendor as vendor, closed_week_date as week,"
        " recorded_status = 'met' as is_met from marts.fct_sla_reported where closed_week_date is not null"
        " and recorded_status in ('met', 'breached') and not recorded_is_excluded",
    )
    expected: dict[tuple[Any, ...], list[bool]] = defaultdict(list)
    for r in ledger:
        expected[r["tier"], r["vendor"], r["week"]].append(r["is_met"])
    rows = build.rows(built, "from marts.agg_vendor_weekly where is_closed")
    reported = {
        (r["tier"], r["vendor"], r["week_start_date"]): (
            r["reported_met_count"],
            r["reported_breached_count"],
        )
        for r in rows
        if r["reported_met_count"] + r["reported_breached_count"]
    }
    assert reported == {key: (sum(met), len(met) - sum(met)) for key, met in expected.items()}
    # nothing was corrected since, so restated is reported
    assert all(r["restatement_gap"] in (0, None) and r["reported_different_count"] == 0 for r in rows)
    assert sum(r["sla_gap_to_tier_two"] is not None for r in rows) > 20


def test_uses_of_macros_are_those_of_the_replies(truth: Truth, built: Path) -> None:
    rows = build.rows(built, "from marts.fct_response_framework_use where not is_excluded")
    in_replies = sorted(
        (r["ticket_id"], r["macro_id"], r["agent_id"], r["reply_no"]) for r in rows if r["is_reply"]
    )
    wanted = sorted(
        (r["ticket_id"], r["macro_id"], r["agent_id"], r["reply_no"]) for r in truth.replies if r["macro_id"]
    )
    assert in_replies == wanted
    assert len(wanted) > 500
    solves = {(r["ticket_id"], r["at"]): r["is_reopened"] for r in truth.solves}
    solved = [r for r in rows if r["solved_after_at"] is not None]
    assert all(r["is_reopened_after"] == solves[r["ticket_id"], r["solved_after_at"]] for r in solved)


def test_few_minors_are_in_no_row(truth: Truth, built: Path) -> None:
    """Built again with the usual minimum: no row counts one to four of them, and rows without any stay."""
    before = {mart: _by_key(built, mart) for mart in MARTS}
    build.build(truth.folder, built, select=["marts.team"], data_tests=False)
    for mart, rows in before.items():
        now = _by_key(built, mart)
        assert not [row for row in now.values() if 0 < row["minor_count"] < 5], mart
        few = {key for key, row in rows.items() if 0 < row["minor_count"] < 5}
        assert len(few) > 5, mart
        counts = [
            name
            for name in next(iter(rows.values()))
            if name in ("created_count", "survey_count", "contact_count")
        ]
        for key in few & now.keys():
            assert all(now[key][name] <= rows[key][name] for name in counts)
        # in agg_vendor_weekly SLA and the rest are told apart, so either may have few of many
        many = 5 if mart != "agg_vendor_weekly" else 10**9
        unchanged = {
            key for key, row in rows.items() if row["minor_count"] == 0 or row["minor_count"] >= many
        }
        looks_back = ("recent_", "rank", "coaching", "gap", "mean_before", "peer")
        for key in unchanged:
            for name, value in rows[key].items():
                if any(part in name for part in looks_back):
                    continue
                assert _as_built_before(now[key][name], value), (mart, key, name)

    _reported_lacks_few_minors_of_its_own(built)


def _reported_lacks_few_minors_of_its_own(built: Path) -> None:
    """What was reported leaves minors out by those in the ledger, whatever else there is of minors by now."""
    ledger: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for r in build.rows(
        built,
        "from marts.fct_sla_reported"
        " join (select ticket_key, is_minor from marts.fct_tickets) as tickets using (ticket_key)"
        " where closed_week_date is not null and recorded_status in ('met', 'breached')"
        " and not recorded_is_excluded",
    ):
        ledger[r["recorded_tier"], r["recorded_vendor"], r["closed_week_date"]].append(r)
    few = 0
    for row in build.rows(built, "from marts.agg_vendor_weekly where is_closed"):
        reported = ledger[row["tier"], row["vendor"], row["week_start_date"]]
        minors = {r["ticket_key"] for r in reported if r["is_minor"]}
        counted = [r for r in reported if len(minors) >= 5 or not r["is_minor"]]
        assert row["reported_met_count"] + row["reported_breached_count"] == len(counted)
        few += len(counted) < len(reported) and row["minor_count"] > 0
    assert few


def _as_built_before(now: Any, before: Any) -> bool:
    """Whether a value is the same; two builds add floating-point numbers up in different orders."""
    both = isinstance(now, float) and isinstance(before, float)
    return isclose(now, before, rel_tol=1e-9) if both else bool(now == before)


def _by_key(data_dir: Path, mart: str) -> dict[str, dict[str, Any]]:
    return {next(iter(row.values())): row for row in build.rows(data_dir, f"from marts.{mart}")}
