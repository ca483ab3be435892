"""A new matter in the reviews of an app is raised in its first weeks; a source needs no tickets for that.

The bench (`tests/bench/insights/themes.py`) counts how many are found over many runs; here is one, from its
files to fct_insights.
"""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.bench.insights import texts
from tests.dbt_project import build

FIRST_DAY, BEFORE, WEEKS = date(2026, 1, 5), 13, 17
SITE = """\
site: reviews
timezone: UTC
sources:
  - {name: app, connector: canonical_files, path: app, timezone: UTC}
"""
PLAN = texts.Plan("app", 3, FIRST_DAY, WEEKS, 70, planted_a_week=20, earliest_week=BEFORE, latest_week=14)


def _end_of_week(week: int) -> datetime:
    return datetime.combine(FIRST_DAY + timedelta(weeks=week), datetime.min.time(), UTC)


@pytest.fixture(scope="module")
def raised(tmp_path_factory: pytest.TempPathFactory) -> list[list[dict[str, Any]]]:
    """All insights after half the time, and three weeks later, when the new matter is there."""
    folder = tmp_path_factory.mktemp("emerging")
    desk = folder / "site" / "app"
    desk.mkdir(parents=True)
    (folder / "site" / "site.yml").write_text(SITE, encoding="utf-8")
    written, _ = texts.draw(PLAN)
    with (desk / "voice_items.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("item_id", "platform", "posted_at", "updated_at", "rating", "language", "text"))
        for number, text in enumerate(written):
            at = text.posted_at.replace(tzinfo=UTC).isoformat()
            rows.writerow((number, "google_play", at, at, text.rating, "en", text.text))
    build.load(folder / "site", folder / "data")
    found = []
    for week in (BEFORE, WEEKS - 1):
        build.build(
            folder / "site",
            folder / "data",
            as_of=_end_of_week(week),
            select=("+fct_insights",),
            exclude=(),
            data_tests=False,
        )
        found.append(build.rows(folder / "data", "select * from marts.fct_insights order by detected_at"))
    return found


def test_nothing_is_new_before_it_begins(raised: list[list[dict[str, Any]]]) -> None:
    assert raised[0] == []


def test_the_new_matter_is_raised_when_it_was_known_and_no_earlier(
    raised: list[list[dict[str, Any]]],
) -> None:
    written, planted = texts.draw(PLAN)
    assert planted is not None
    insight = raised[1][0]
    assert (insight["kind"], insight["source_id"], insight["state"]) == ("emerging", "app", "raised")
    things, faults, around = texts.vocabulary.MATTERS[planted.matter]
    assert set(insight["driver"].split(" / ")[1].replace(",", "").split()) <= {*things, *faults, *around}
    # the texts of its first week tell of it, but themes were looked for three weeks later only
    assert insight["window_from_date"] <= planted.starts_on + timedelta(days=7)
    latest = max(t.posted_at for t in written if t.posted_at.replace(tzinfo=UTC) <= _end_of_week(WEEKS - 1))
    assert insight["detected_at"] == latest.replace(tzinfo=UTC)
