"""The whole loop: contacts triple, an insight is raised, teams act, ship, the effect says whether it helped.

Two insights go through the same steps; the fix of one works, that of the other does nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingestion.actions import append_action
from ingestion.site import load_site
from tests.dbt_project import build, insight_site
from tests.dbt_project.insight_site import BEGINS, SHIPS, START, end_of_week

MODELS = ("+fct_insights", "+fct_insight_effects", "+fct_insight_transitions", "+agg_insight_backlog")
INSIGHTS = "select * from marts.fct_insights order by contact_reason, detected_at"
RAISED_AS = (
    "insight_key",
    "kind",
    "driver",
    "detected_at",
    "window",
    "size",
    "effect",
    "q_value",
    "priority",
    "due_on",
)
UNKNOWN = "every_feedback_action_names_an_insight"
# The first week in which they are up is over; four weeks after that of the shipment are.
DETECTED, JUDGED = end_of_week(BEGINS), end_of_week(SHIPS + 4)


@dataclass
class Loop:
    """What was built, step by step."""

    site: Path
    data_dir: Path
    insights: dict[str, dict[str, dict[str, Any]]]
    effects: dict[str, list[dict[str, Any]]]
    statuses: dict[str, Mapping[str, str]]

    def build(self, step: str, as_of: datetime, *, data_tests: bool = False) -> None:
        """Load and build, and remember what the marts say."""
        build.load(self.site, self.data_dir)
        self.statuses[step] = build.build(
            self.site, self.data_dir, as_of=as_of, select=MODELS, exclude=(), data_tests=data_tests
        )
        self.insights[step] = {row["contact_reason"]: row for row in build.rows(self.data_dir, INSIGHTS)}
        self.effects[step] = build.rows(self.data_dir, "select * from marts.fct_insight_effects")

    def act(self, status: str, at: datetime, **more: Any) -> None:
        """Append the same action about both insights."""
        for insight in self.insights["raised"].values():
            append_action(load_site(self.site), insight["insight_key"], status, occurred_at=at, **more)


@pytest.fixture(scope="module")
def loop(tmp_path_factory: pytest.TempPathFactory) -> Loop:
    folder = tmp_path_factory.mktemp("loop")
    loop = Loop(insight_site.write(folder / "site"), folder / "data", {}, {}, {})
    loop.build("raised", DETECTED, data_tests=True)
    loop.act("accepted", DETECTED + timedelta(days=1), owner_team="engineering", note="payouts are stuck")
    loop.act("in_progress", DETECTED + timedelta(days=3))
    append_action(
        load_site(loop.site), "no such insight", "accepted", occurred_at=DETECTED + timedelta(days=3)
    )
    loop.build("worked on", DETECTED + timedelta(weeks=2), data_tests=True)
    loop.act("shipped", START + timedelta(weeks=SHIPS, hours=9))
    loop.build("shipped", end_of_week(SHIPS + 1))
    # said once more, which changes nothing
    loop.act("shipped", START + timedelta(weeks=SHIPS + 2, hours=9))
    loop.build("judged", JUDGED)
    insight_site.add_late_contacts(loop.site, "payout", BEGINS - 1, 60)
    loop.build("late", end_of_week(insight_site.WEEKS - 1))
    return loop


def test_both_are_raised_at_the_end_of_their_first_week_and_nothing_else(loop: Loop) -> None:
    raised = loop.insights["raised"]
    assert set(raised) == set(insight_site.TRIPLED)
    for insight in raised.values():
        assert (insight["kind"], insight["state"], insight["detected_at"]) == ("spike", "raised", DETECTED)
        assert 0.5 < insight["effect_lower"] < insight["effect"] < insight["effect_upper"]
        assert insight["evidence_count"] > 0 and insight["due_on"] > DETECTED.date()
        assert insight["reviewed_at"] is None and insight["acted_at"] is None


def test_what_teams_report_moves_the_state_and_the_owner(loop: Loop) -> None:
    for insight in loop.insights["worked on"].values():
        assert (insight["state"], insight["owner_team"]) == ("in_progress", "engineering")
        assert insight["reviewed_at"] == DETECTED + timedelta(days=1)
        assert insight["acted_at"] == DETECTED + timedelta(days=3)


def test_an_action_about_an_unknown_insight_is_told(loop: Loop) -> None:
    assert loop.statuses["raised"][UNKNOWN] == "pass"
    assert loop.statuses["worked on"][UNKNOWN] == "warn"


def test_right_after_the_shipment_there_is_not_enough_data(loop: Loop) -> None:
    assert {insight["state"] for insight in loop.insights["shipped"].values()} == {"shipped"}
    primary = [row for row in loop.effects["shipped"] if row["is_primary"]]
    assert len(primary) == 2
    assert {(row["result"], row["effect"], row["verdict"]) for row in primary} == {
        ("not enough data", None, None)
    }


def test_the_fix_that_works_is_verified(loop: Loop) -> None:
    insight, effect = _judged(loop, "payout")
    assert (insight["state"], insight["verified_at"]) == ("verified", JUDGED)
    assert (effect["result"], effect["verdict"], effect["after_weeks"]) == ("improved", "verified", 4)
    assert effect["effect_lower"] <= -2 / 3 <= effect["effect_upper"], "a third is left"


def test_the_fix_that_fails_reopens_the_insight(loop: Loop) -> None:
    insight, effect = _judged(loop, "login")
    assert (insight["state"], insight["verified_at"]) == ("reopened", None)
    assert (effect["result"], effect["verdict"]) == ("no clear change", "reopened")
    assert effect["effect_lower"] <= 0.0 <= effect["effect_upper"]


def test_a_shipment_that_is_reported_twice_is_one(loop: Loop) -> None:
    shipped = START + timedelta(weeks=SHIPS, hours=9)
    assert {(row["shipment_no"], row["shipped_at"]) for row in loop.effects["judged"]} == {(1, shipped)}
    assert {row["shipped_at"] for row in loop.insights["judged"].values()} == {shipped}
    for insight in loop.insights["judged"].values():
        assert insight["state_since_at"] == JUDGED


def test_an_effect_is_worked_out_again_from_the_counts(loop: Loop) -> None:
    """Ratio of ratios of contacts before and after, half a contact added to each."""
    _, effect = _judged(loop, "payout")
    before, after, others_before, others_after = (
        effect[f"{who}_{when}_count"] + 0.5
        for who in ("driver", "comparison")
        for when in ("before", "after")
    )
    assert effect["effect"] == pytest.approx(after / before / (others_after / others_before) - 1, rel=1e-12)
    assert effect["before_week_count"] == SHIPS - BEGINS and effect["after_week_count"] == 4


def test_the_pattern_stays_one_insight_through_all_weeks(loop: Loop) -> None:
    for step, insights in loop.insights.items():
        for reason, insight in insights.items():
            for name in RAISED_AS:
                assert insight[name] == loop.insights["raised"][reason][name], f"{step}: {name} of {reason}"


def test_late_contacts_change_neither_key_nor_date(loop: Loop, tmp_path: Path) -> None:
    """They make the week before stand out as well: without the record, the insight would begin there."""
    build.load(loop.site, tmp_path)
    build.build(loop.site, tmp_path, as_of=JUDGED, select=MODELS, exclude=(), data_tests=False)
    anew = {row["contact_reason"]: row for row in build.rows(tmp_path, INSIGHTS)}
    assert anew["payout"]["detected_at"] == end_of_week(BEGINS - 1)
    assert loop.insights["late"]["payout"]["detected_at"] == DETECTED
    assert anew["login"]["insight_key"] == loop.insights["raised"]["login"]["insight_key"]


def test_a_rebuild_from_nothing_gives_the_same_history(loop: Loop, tmp_path: Path) -> None:
    (loop.site / "desk" / "tickets_late.csv").rename(tmp_path / "tickets_late.csv")
    try:
        build.load(loop.site, tmp_path)
        build.build(loop.site, tmp_path, as_of=JUDGED, select=MODELS, exclude=(), data_tests=False)
    finally:
        (tmp_path / "tickets_late.csv").rename(loop.site / "desk" / "tickets_late.csv")
    anew = {row["contact_reason"]: row for row in build.rows(tmp_path, INSIGHTS)}
    assert anew == loop.insights["judged"]


def _judged(loop: Loop, reason: str) -> tuple[dict[str, Any], dict[str, Any]]:
    insight = loop.insights["judged"][reason]
    decisive = [row for row in loop.effects["judged"] if row["is_decisive"]]
    (effect,) = [row for row in decisive if row["insight_key"] == insight["insight_key"]]
    return insight, effect
