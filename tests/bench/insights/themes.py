"""New matters planted in what people write, and what `emerging` insights make of them.

Belongs here: runs of reviews as sources of one warehouse, building week after week as a site does, and the
counts. Does not belong here: what is written (`texts.py`), printing (`report.py`).

Each seed gives a run with a large new matter (10 to 30 texts a week), one with a small one (4 to 9) and one
without. Each run is a source of voice items; themes are of a language, so each has one of its own (`en` with
a private tag: the stop words are the English ones). The first build holds half the time, then there is one
per week, since themes are searched for in what is there at that time and kept. The sentiment, which `is_new`
does not look at, is left out.

An insight is true if most of the texts of its window that belong to its theme are planted ones. A matter is
found if there is a true insight within four weeks; its delay is the time from its start to `detected_at`.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

import duckdb
import numpy as np
import pyarrow as pa

from tests.bench.insights.runs import Say
from tests.bench.insights.texts import Plan, Planted, Text, draw
from tests.dbt_project import build

WEEKS, FIRST_BUILD = 26, 13
LARGE, SMALL = (10, 30), (4, 9)
TEXTS_A_WEEK = (60, 180)
WITHIN_DAYS = 28
# A theme may be new from the ninth week on: fewer say nothing about what was there before.
WEEKS_JUDGED = WEEKS - 8
WEEKLY = (
    "int_voice_items__unioned", "int_texts", "int_theme_records", "int_text_themes", "fct_feedback_texts",
    "fct_themes_weekly", "int_driver_weeks", "int_insight_tests", "int_insight_detections",
    "int_insight_episodes", "int_insight_records",
)  # fmt: skip
AT_LAST = (
    "dim_theme", "fct_voice_items", "int_insights", "int_insight_shipments", "int_insight_effect_weeks",
    "int_insight_effects", "int_insight_verdicts", "int_insight_transitions", "int_insight_evidence_weeks",
    "int_insight_decomposition", "fct_insight_evidence", "fct_insights",
)  # fmt: skip

INSIGHTS = """
    select
        insights.source_id, insights.driver, insights.detected_at, insights.q_value,
        to_timestamp(any_value(records.recorded_as_of_us) / 1e6) as recorded_as_of,
        count(*) filter (where items.item_id like 'planted%') / count(*) as planted_share
    from marts.fct_insights as insights
    inner join records.int_insight_records as records using (insight_key)
    inner join marts.fct_voice_items as items
        on insights.source_id = items.source_id and insights.theme_key = items.theme_key
        and items.posted_date between insights.window_from_date and insights.window_to_date
    where insights.kind = 'emerging'
    group by all
    order by all
"""


@dataclass(frozen=True)
class Insight:
    """An emerging insight, and the share of planted texts in what it counted."""

    run: str
    driver: str
    detected_at: datetime
    q_value: float
    recorded_as_of: datetime
    planted_share: float

    @property
    def is_true(self) -> bool:
        """Whether it is about what was planted."""
        return self.planted_share > 0.5


@dataclass(frozen=True)
class Found:
    """What became of one planted matter."""

    planted: Planted
    insights: list[Insight]

    @property
    def is_large(self) -> bool:
        """Whether it counts for recall."""
        return self.planted.texts_a_week >= LARGE[0]

    @property
    def days(self) -> float | None:
        """Days from its start to the first insight; None if there is none in time."""
        start = datetime.combine(self.planted.starts_on, datetime.min.time(), UTC)
        delays = [(insight.detected_at - start).total_seconds() / 86_400 for insight in self.insights]
        return min((delay for delay in delays if delay <= WITHIN_DAYS), default=None)


@dataclass
class Score:
    """The counts of all runs; true and false insights are those of runs with something planted."""

    control_run_count: int
    found: list[Found] = field(default_factory=list)
    true: list[Insight] = field(default_factory=list)
    false: list[Insight] = field(default_factory=list)
    control: list[Insight] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of the insights of planted runs that are true."""
        return len(self.true) / max(1, len(self.true) + len(self.false))

    @property
    def recall(self) -> float:
        """Share of the large matters that were found."""
        large = [f for f in self.found if f.is_large]
        return sum(f.days is not None for f in large) / max(1, len(large))

    @property
    def delay(self) -> float:
        """Median days to the insight over the large matters that were found."""
        return median([f.days for f in self.found if f.is_large and f.days is not None] or [0.0])


def plans(seeds: Sequence[int], first_day: date) -> list[Plan]:
    """Three runs of each seed."""
    found = []
    for seed in seeds:
        rng = np.random.default_rng([seed, 0])
        low, high = np.log(TEXTS_A_WEEK)
        a_week = int(np.exp(rng.uniform(low, high)))
        for number, (kind, sizes) in enumerate((("large", LARGE), ("small", SMALL), ("control", (0, 0)))):
            size = int(rng.integers(sizes[0], sizes[1] + 1))
            found.append(
                Plan(
                    run=f"{kind}_{seed}",
                    seed=1_000 * seed + number,
                    first_day=first_day,
                    weeks=WEEKS,
                    texts_a_week=a_week,
                    planted_a_week=size,
                    earliest_week=FIRST_BUILD,
                    latest_week=WEEKS - WITHIN_DAYS // 7,
                )
            )
    return found


def measure(site: Path, empty: Path, scratch: Path, seeds: Sequence[int], say: Say) -> Score:
    """Plant, build week after week on a copy of an empty warehouse, and score."""
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(empty, scratch)
    first_day = _first_day(scratch)
    drawn = [_add_run(scratch, plan) for plan in plans(seeds, first_day)]
    planted = [p for p in drawn if p is not None]
    say(f"wrote the reviews of {len(drawn)} runs")
    for week in range(FIRST_BUILD, WEEKS + 1):
        as_of = datetime.combine(first_day + timedelta(weeks=week), datetime.min.time(), UTC)
        selected = WEEKLY if week < WEEKS else (*WEEKLY, *AT_LAST)
        build.build(
            site, scratch, as_of=as_of + timedelta(hours=6), select=selected, data_tests=False, exclude=()
        )
    say(f"searched them for themes in {WEEKS - FIRST_BUILD + 1} builds")
    return score(scratch, planted, control_run_count=len(drawn) - len(planted))


def score(data_dir: Path, planted: Sequence[Planted], control_run_count: int) -> Score:
    """Compare the emerging insights of a warehouse with what was planted; control runs have nothing."""
    insights = [Insight(*row.values()) for row in build.rows(data_dir, INSIGHTS)]
    true = [insight for insight in insights if insight.is_true]
    result = Score(control_run_count, [Found(p, [i for i in true if i.run == p.run]) for p in planted])
    runs = {p.run for p in planted}
    for insight in insights:
        if insight.run not in runs:
            result.control.append(insight)
        elif insight.is_true:
            result.true.append(insight)
        else:
            result.false.append(insight)
    return result


def _first_day(data_dir: Path) -> date:
    """The Monday half a year before the last whole week of the site's tickets."""
    query = "select max(week_start_date) as day from intermediate.int_driver_weeks where is_complete_week"
    (last,) = build.rows(data_dir, query)
    monday: date = last["day"]
    return monday - timedelta(weeks=WEEKS - 1)


def _add_run(data_dir: Path, plan: Plan) -> Planted | None:
    """Write the texts of a run as voice items of a source named after it."""
    texts, planted = draw(plan)
    items = pa.table(
        {
            "item_id": [_item_id(number, text) for number, text in enumerate(texts)],
            "posted_at": [text.posted_at for text in texts],
            "rating": [float(text.rating) for text in texts],
            "text": [text.text for text in texts],
        }
    )
    with duckdb.connect(str(data_dir / "warehouse.duckdb")) as connection:
        connection.register("items", items)
        connection.execute(
            "insert into raw.canonical__voice_items by name"
            " select items.*, posted_at as updated_at, $run as source_id, $language as language,"
            " 'google_play' as platform from items",
            {"run": plan.run, "language": f"en-x-{plan.run.replace('_', '')}"},
        )
    return planted


def _item_id(number: int, text: Text) -> str:
    return f"{'planted' if text.is_planted else 'usual'}-{number}"
