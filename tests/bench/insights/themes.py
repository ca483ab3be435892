"""New matters planted in what people write, and what `emerging` insights make of them.

Belongs here: runs of reviews as sources of one warehouse, searched week after week as a site does, and the
counts. Does not belong here: what is written (`texts.py`), printing (`report.py`).

Each seed gives a run with a large new matter (15 to 30 texts a week beside 60 to 180 others), one with a
small one (4 to 14) and one without. Each run is a source whose texts are in a language of its own, since
themes are of a language (`en` with a private tag: the stop words are the English ones). Themes are
searched for at the end of each week of the second half, in what is there at that time, by the code that
the models of the project call. The models from texts to the record of insights are built once at the end:
no row of theirs rests on anything later than its week but for the themes, and an insight is dated by when
its theme was found.

An insight is true if most of the texts of its window that belong to its theme are planted ones. A matter is
found if there is a true insight within four weeks; its delay is the time from its start to `detected_us`.
"""

from __future__ import annotations

import shutil
import sys
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

WEEKS, FIRST_SEARCH = 26, 13
LARGE, SMALL = (15, 30), (4, 14)
TEXTS_A_WEEK = (60, 180)
WITHIN_DAYS = 28
# Themes that may begin are looked for from the week after the first search on.
WEEKS_JUDGED = WEEKS - FIRST_SEARCH
MODELS = (
    "fct_feedback_texts", "fct_themes_weekly", "int_driver_weeks", "int_insight_tests",
    "int_insight_detections", "int_insight_episodes", "int_insight_records",
)  # fmt: skip

INSIGHTS = """
    select
        insights.source_id as run, any_value(themes.label) as theme,
        to_timestamp(insights.detected_us / 1e6) as detected_at, insights.q_value,
        count(*) filter (where planted.text_hash is not null) / count(*) as planted_share
    from records.int_insight_records as insights
    inner join records.int_theme_records as themes using (theme_key)
    inner join marts.fct_feedback_texts as texts
        on insights.source_id = texts.source_id and insights.theme_key = texts.theme_key
        and datediff('day', date '1969-12-29', texts.week_start_date) // 7
            between insights.first_week_no - insights.window_weeks + 1 and insights.first_week_no
    inner join intermediate.int_texts as written on texts.text_key = written.text_key
    left join intermediate.bench_planted as planted
        on written.source_id = planted.source_id and written.text_hash = planted.text_hash
    where insights.measure = 'theme'
    group by insights.insight_key, insights.source_id, insights.detected_us, insights.q_value
    order by all
"""


@dataclass(frozen=True)
class Insight:
    """An emerging insight, and the share of planted texts in what it counted."""

    run: str
    theme: str
    detected_at: datetime
    q_value: float
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
        """Median days to the insight over the large matters that were found; infinite if none was."""
        return median([f.days for f in self.found if f.is_large and f.days is not None] or [float("inf")])


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
                    earliest_week=FIRST_SEARCH,
                    latest_week=WEEKS - WITHIN_DAYS // 7,
                )
            )
    return found


def measure(site: Path, empty: Path, scratch: Path, seeds: Sequence[int], say: Say) -> Score:
    """Plant, search week after week on a copy of an empty warehouse, build once, and score."""
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(empty, scratch)
    planted: list[Planted] = []
    with duckdb.connect(str(scratch / "warehouse.duckdb")) as connection:
        weeks = _weeks(connection)
        connection.execute("create table intermediate.bench_planted (source_id text, text_hash text)")
        all_plans = plans(seeds, weeks[0][0])
        for plan in all_plans:
            texts, matter = draw(plan)
            planted += [matter] if matter else []
            _add_texts(connection, plan.run, texts)
            search(connection, plan.run, [to_us for _, to_us in weeks[FIRST_SEARCH - 1 :]])
            say(f"searched {len(texts):,} texts of {plan.run} for themes in {WEEKS - FIRST_SEARCH + 1} weeks")
    as_of = datetime.fromtimestamp(weeks[-1][1] / 1e6, UTC) + timedelta(hours=6)
    build.build(site, scratch, as_of=as_of, select=MODELS, data_tests=False, exclude=())
    say("built the models from texts to insights")
    return score(
        [Insight(**row) for row in build.rows(scratch, INSIGHTS)], planted, len(all_plans) - len(planted)
    )


def score(insights: Sequence[Insight], planted: Sequence[Planted], control_run_count: int) -> Score:
    """Compare emerging insights with what was planted; control runs have nothing."""
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


def search(connection: duckdb.DuckDBPyConnection, run: str, ends: Sequence[int]) -> None:
    """Find themes in the texts of a source at each of the instants (µs), and which texts belong to them.

    Rows are added to the tables of the models `int_theme_records` and `int_text_themes`.
    """
    if (path := str(build.PROJECT / "python")) not in sys.path:
        sys.path.append(path)
    from feedback_texts import scoring

    for name, model in (("themes", "records.int_theme_records"), ("given", "intermediate.int_text_themes")):
        connection.execute(f"create or replace temp table bench_{name} as from {model} limit 0")
    for end in ends:
        texts = connection.sql(f"from intermediate.int_texts where source_id = '{run}' and at_us < {end}")
        _append(connection, "bench_themes", scoring.new_themes(connection, texts, "bench_themes"))
        given = scoring.assignments(connection, texts, connection.table("bench_themes"), "bench_given")
        connection.execute("delete from bench_given")
        _append(connection, "bench_given", given)
    connection.execute("insert into records.int_theme_records by name from bench_themes")
    connection.execute("insert into intermediate.int_text_themes by name from bench_given")


def _append(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    connection.register("bench_rows", rows)
    connection.execute(f"insert into {table} by name from bench_rows")
    connection.unregister("bench_rows")


def _weeks(connection: duckdb.DuckDBPyConnection) -> list[tuple[date, int]]:
    """The last half-year of whole weeks of the site's tickets: Monday, and the instant (µs) it ends at."""
    found = connection.execute(
        "select week_start_date, max(to_us) from intermediate.int_driver_weeks where is_complete_week"
        f" group by 1 order by 1 desc limit {WEEKS}"
    ).fetchall()
    assert len(found) == WEEKS
    return found[::-1]


def _add_texts(connection: duckdb.DuckDBPyConnection, run: str, texts: Sequence[Text]) -> None:
    """Insert the texts of a run, as of a source named after it, into the table of the model `int_texts`."""
    rows = pa.table(
        {
            "text_key": [f"{run}-{number}" for number in range(len(texts))],
            "posted_at": [text.posted_at for text in texts],
            "rating_normalised": [(text.rating - 1) / 4 for text in texts],
            "text": [text.text for text in texts],
            "is_planted": [text.is_planted for text in texts],
        }
    )
    connection.register("bench_texts", rows)
    connection.execute(
        "insert into intermediate.int_texts by name"
        " select text_key, $run as source_id, 'voice' as text_kind, $language as language,"
        " epoch_us(posted_at) as at_us, week_start_date, rating_normalised, text, md5(text) as text_hash"
        " from bench_texts inner join intermediate.int_site_days as days"
        " on epoch_us(posted_at) // 86_400_000_000 = days.utc_day_no"
        " and epoch_us(posted_at) >= days.from_us and epoch_us(posted_at) < days.to_us",
        {"run": run, "language": f"en-x-{run.replace('_', '')}"},
    )
    connection.execute(
        "insert into intermediate.bench_planted"
        " select distinct $run, md5(text) from bench_texts where is_planted",
        {"run": run},
    )
    connection.unregister("bench_texts")
