"""Surveys and reviews that come late, shuffled or twice give the same marts, and what was reported stays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.dbt_project import build, quality_site
from tests.dbt_project.quality_site import Tables

Row = dict[str, Any]
# What was published when is part of these, so they differ with the builds in between.
REMEMBERING = {
    "fct_quality_reviews": (
        "first_score",
        "first_raw_score",
        "first_rubric_version",
        "first_recorded_as_of",
        "is_regraded",
        "recorded_version_count",
    ),
    "agg_quality_weekly": ("regraded_count",),
}
MARTS = (
    "fct_ticket_solves",
    "fct_csat_responses",
    "agg_csat_weekly",
    "agg_csat_response_weekly",
    "agg_csat_groups_monthly",
    "fct_quality_reviews",
    "agg_quality_weekly",
    "fct_reviewer_agreement",
    "agg_grader_drift_monthly",
)
# With int_build_state the second build computes only what changed.
SELECT = [*(f"+{mart}" for mart in MARTS), "+int_build_state"]


def _marts(data: Path) -> dict[str, list[Row]]:
    left_out = {mart: ", ".join(REMEMBERING.get(mart, ("source_id",))) for mart in MARTS}
    return {
        mart: build.rows(data, f"select * exclude ({left_out[mart]}) from marts.{mart} order by all")
        for mart in MARTS
    }


def _equal(one: list[Row], two: list[Row]) -> bool:
    return len(one) == len(two) and all(
        key in b and (b[key] == value or value == pytest.approx(b[key], abs=1e-12))
        for a, b in zip(one, two, strict=True)
        for key, value in a.items()
    )


def test_late_shuffled_and_resent_rows_give_the_same_marts(tmp_path: Path) -> None:
    random = Random(21)
    rows = quality_site.draw(random, 200)
    whole, sliced = tmp_path / "whole", tmp_path / "sliced"
    quality_site.write(whole / "site", rows)
    build.load(whole / "site", whole / "data")
    build.build(whole / "site", whole / "data", select=SELECT, data_tests=False)

    slices: list[Tables] = [{name: [] for name in rows} for _ in range(3)]
    for name, entries in rows.items():
        if name in ("agents", "rubrics"):
            slices[0][name] = entries
            continue
        for entry in random.sample(entries, len(entries)):
            # every fourth row comes twice, in two deliveries
            for delivery in random.sample(range(3), 2 if random.random() < 0.25 else 1):
                slices[delivery][name].append(entry)
    for number, part in enumerate(slices):
        quality_site.write(sliced / "site", part, part=str(number))
        build.load(sliced / "site", sliced / "data")
        build.build(sliced / "site", sliced / "data", select=SELECT, data_tests=False)

    expected, found = _marts(whole / "data"), _marts(sliced / "data")
    assert len(expected["fct_csat_responses"]) > 150 and len(expected["fct_quality_reviews"]) > 100
    different = [mart for mart in MARTS if not _equal(expected[mart], found[mart])]
    assert not different


# One ticket solved on Tuesday 6 January 2026, and what is said of it over time.
SOLVED = datetime(2026, 1, 6, 12, tzinfo=UTC)
MONDAY = datetime(2026, 1, 12, 6, tzinfo=UTC)


class Desk:
    """A site over time: deliveries and publications."""

    def __init__(self, folder: Path) -> None:
        self.site, self.data = folder / "site", folder / "data"
        self.parts = 0
        tables = quality_site.draw(Random(5), 0)
        for number in range(4):
            tables["tickets"].append(
                {
                    "ticket_id": f"t{number}",
                    "created_at": SOLVED - timedelta(hours=2),
                    "updated_at": SOLVED,
                    "channel": "email",
                    "status": "solved",
                    "assignee_id": "a1",
                }
            )
            tables["ticket_events"].append(
                {
                    "event_id": f"e{number}",
                    "ticket_id": f"t{number}",
                    "occurred_at": SOLVED,
                    "event_type": "field_change",
                    "field": "status",
                    "old_value": "new",
                    "new_value": "solved",
                }
            )
        self.deliver(tables)

    def deliver(self, tables: Tables) -> None:
        self.parts += 1
        quality_site.write(self.site, tables, part=str(self.parts))
        build.load(self.site, self.data)

    def surveys(self, *answers: tuple[str, datetime | None, int | None]) -> None:
        """Deliver versions of surveys: ticket, when recorded (None: silence), score."""
        self.deliver(
            {
                "csat_responses": [
                    {
                        "survey_id": f"s-{ticket}",
                        "ticket_id": ticket,
                        "sent_at": SOLVED + timedelta(hours=1),
                        "recorded_at": recorded or SOLVED + timedelta(hours=1),
                        "responded_at": recorded or "",
                        "score": "" if score is None else score,
                        "scale_min": 1,
                        "scale_max": 5,
                    }
                    for ticket, recorded, score in answers
                ]
            }
        )

    def review(self, updated: datetime, rating: int) -> None:
        """Deliver a version of the one review, two categories rated alike."""
        self.deliver(
            {
                "quality_reviews": [
                    {
                        "review_id": "r",
                        "subject_type": "ticket",
                        "subject_id": "t0",
                        "agent_id": "a1",
                        "reviewer_id": "q1",
                        "reviewed_at": SOLVED + timedelta(days=1),
                        "rubric_id": "R",
                        "rubric_version": 1,
                        "purpose": "random",
                        "updated_at": updated,
                    }
                ],
                "quality_ratings": [
                    {"review_id": "r", "category_id": category, "rating": rating, "updated_at": updated}
                    for category in ("tone", "accuracy")
                ],
            }
        )

    def publish(self, as_of: datetime, **variables: Any) -> None:
        select = ["+fct_csat_reported", "+fct_quality_reviews"]
        build.build(self.site, self.data, as_of=as_of, select=select, variables=variables, data_tests=False)

    def one(self, columns: Iterable[str], mart: str) -> tuple[Any, ...]:
        """The only row of a mart."""
        (row,) = build.rows(self.data, f"select {', '.join(columns)} from marts.{mart}")
        return tuple(row.values())


REPORTED = (
    "recorded_sent_count",
    "recorded_responded_count",
    "recorded_csat_rate",
    "restated_sent_count",
    "restated_responded_count",
    "restated_csat_rate",
    "late_answer_count",
    "late_rerating_count",
    "difference_reason",
)


def test_a_late_answer_restates_its_cohort_and_the_report_stays(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.surveys(("t0", SOLVED + timedelta(days=1), 5), ("t1", None, None), ("t2", None, None))
    desk.publish(MONDAY - timedelta(days=3))
    assert build.rows(desk.data, "select * from marts.fct_csat_reported") == []
    desk.publish(MONDAY)
    assert desk.one(REPORTED, "fct_csat_reported") == (3, 1, 1.0, 3, 1, 1.0, 0, 0, None)
    # t1 answers after the report, two weeks later
    desk.surveys(("t1", MONDAY + timedelta(days=8), 1))
    desk.publish(MONDAY + timedelta(days=14))
    assert desk.one(REPORTED, "fct_csat_reported") == (3, 1, 1.0, 3, 2, 0.5, 1, 0, "late_answer")
    week = desk.one(("sent_week_date", "responded_count"), "agg_csat_weekly")
    assert (str(week[0]), week[1]) == ("2026-01-05", 2)
    # an answer of before the report that was only delivered now is late as well; and t0 thinks again
    desk.surveys(("t2", SOLVED + timedelta(days=2), 4), ("t0", MONDAY + timedelta(days=15), 2))
    desk.publish(MONDAY + timedelta(days=16))
    assert desk.one(REPORTED, "fct_csat_reported") == (3, 1, 1.0, 3, 3, 1 / 3, 2, 1, "late_answer")
    # a survey of that week nobody had heard of
    desk.surveys(("t3", None, None))
    desk.publish(MONDAY + timedelta(days=17))
    assert desk.one(REPORTED, "fct_csat_reported") == (3, 1, 1.0, 4, 3, 1 / 3, 2, 1, "late_survey")
    # building again, also in full, changes neither side
    build.build(
        desk.site,
        desk.data,
        as_of=MONDAY + timedelta(days=17),
        select=["+fct_csat_reported"],
        full_refresh=True,
        data_tests=False,
    )
    assert desk.one(REPORTED, "fct_csat_reported") == (3, 1, 1.0, 4, 3, 1 / 3, 2, 1, "late_survey")


def test_a_build_that_was_never_published_reports_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.surveys(("t0", SOLVED + timedelta(days=1), 5), ("t1", None, None))
    desk.review(SOLVED + timedelta(days=1), 4)
    before = f"{MONDAY - timedelta(days=3):%Y-%m-%d %H:%M:%S}"
    desk.publish(MONDAY - timedelta(days=3))
    desk.publish(MONDAY, published_as_of=before)  # its gate fails
    desk.surveys(("t1", SOLVED + timedelta(days=2), 1))
    desk.publish(MONDAY + timedelta(hours=1), published_as_of=before)
    assert desk.one(REPORTED, "fct_csat_reported") == (2, 2, 0.5, 2, 2, 0.5, 0, 0, None)


def test_a_regraded_review_keeps_the_score_it_was_published_with(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    columns = ("score", "first_score", "is_regraded", "recorded_version_count")
    desk.review(SOLVED + timedelta(days=1), 2)
    desk.publish(MONDAY)
    assert desk.one(columns, "fct_quality_reviews") == (0.5, 0.5, False, 1)
    desk.review(SOLVED + timedelta(days=9), 4)
    desk.publish(MONDAY + timedelta(days=7))
    assert desk.one(columns, "fct_quality_reviews") == (1.0, 0.5, True, 2)
    # the older version, sent again, takes nothing back
    desk.review(SOLVED + timedelta(days=1), 2)
    desk.publish(MONDAY + timedelta(days=8))
    assert desk.one(columns, "fct_quality_reviews") == (1.0, 0.5, True, 2)
