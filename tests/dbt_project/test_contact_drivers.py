"""Drivers, their baselines and scores: against plain Python, scipy, and the tickets of a simulated site."""

from __future__ import annotations

import math
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from tests.dbt_project import build
from tests.dbt_project.driver_reference import Week, score

_MODELS = ("+fct_contact_drivers_weekly", "+agg_contact_drivers_weekly")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated site of five months, with two incidents."""
    from ingestion.simulator import write_site

    place = tmp_path_factory.mktemp("drivers")
    write_site(place / "site", tickets=4000, weeks=20, seed=11, progress=lambda text: None)
    build.load(place / "site", place / "data")
    build.build(place / "site", place / "data", select=_MODELS, data_tests=False)
    return place / "data"


@pytest.mark.parametrize(
    ("level", "columns", "slice_"),
    [
        ("line_of_business", ("line_of_business",), None),
        ("reason", ("line_of_business", "contact_reason"), None),
        ("reason_market", ("line_of_business", "contact_reason", "market"), "market"),
        ("reason_channel", ("line_of_business", "contact_reason", "channel"), "channel"),
    ],
)
def test_scores_are_those_of_plain_python(
    built: Path, level: str, columns: tuple[str, ...], slice_: str | None
) -> None:
    counts: dict[tuple[str | None, ...], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    in_slice: dict[str | None, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    weeks = set()
    for row in build.rows(
        built,
        "select t.*, date_diff('week', date '1969-12-29', d.week_start_date) as week_no"
        " from marts.fct_tickets as t join intermediate.int_site_days as d"
        " on t.created_at >= make_timestamptz(d.from_us) and t.created_at < make_timestamptz(d.to_us)"
        " and d.utc_day_no = epoch_us(t.created_at) // 86400000000 where not t.is_excluded",
    ):
        counts[tuple(row[column] for column in columns)][row["week_no"]] += 1
        in_slice[row[slice_] if slice_ else None][row["week_no"]] += 1
        weeks.add(row["week_no"])
    # the last week is the one as_of lies in
    complete = range(min(weeks), max(weeks))
    series = {
        repr(key): {
            week: Week(found[week], in_slice[key[-1] if slice_ else None][week] - found[week])
            for week in complete
        }
        for key, found in counts.items()
    }
    score(series, complete, min(weeks))
    scored = build.rows(
        built,
        f"select *, date_diff('week', date '1969-12-29', week_start_date) as week_no"
        f" from marts.agg_contact_drivers_weekly"
        f" where driver_level = '{level}' and expected_count is not null",
    )
    assert len(scored) > 90
    for row in scored:
        week = series[repr(tuple(row[column] for column in columns))][row["week_no"]]
        told = (row["contact_count"], row["expected_count"], row["dispersion"], row["spike_score"])
        assert told == pytest.approx(
            (week.count, week.expected, week.dispersion, week.score), rel=1e-6, abs=1e-9
        )
        assert row["spike_p_value"] == pytest.approx(week.p_value, rel=1e-5)


def test_the_tail_of_the_normal_distribution_is_exact_far_out(built: Path) -> None:
    at = np.concatenate([np.linspace(-8, 8, 161), [12.0, 20.0, 30.0]])
    sql = _compiled("normal_upper_tail('z')")
    values = ", ".join(f"({z!r})" for z in map(float, at))
    points = f"(select cast(z as double) as z from (values {values}) as listed(z))"
    found = build.rows(built, f"select z, {sql} as p from {points}")
    for row in found:
        assert row["p"] == pytest.approx(float(stats.norm.sf(row["z"])), rel=2e-7)


@pytest.mark.parametrize("dispersion", [1.0, 1.5, 3.0])
@pytest.mark.parametrize("mean", [2.0, 10.0, 80.0])
def test_p_values_are_no_smaller_than_chance(built: Path, mean: float, dispersion: float) -> None:
    """Counts without any incident are at most as often called unlikely as the p-value says.

    Poisson counts, or negative binomial ones of that dispersion, 200,000 of them, and what so many draws may
    be off by. Far out the negative binomial has a longer tail than the gamma it is taken for: one in a
    thousand is a little more, at dispersion 3 up to two and a half times as much.
    """
    rng, draws = np.random.default_rng(5), 200_000
    if dispersion == 1:
        counts = rng.poisson(mean, draws)
    else:
        counts = rng.negative_binomial(mean / (dispersion - 1), 1 / dispersion, draws)
    values, often = np.unique(counts[counts > 0], return_counts=True)
    tail = _compiled(f"count_score('x', '{mean!r}', '{dispersion!r}')")
    listed = ", ".join(f"({x})" for x in map(int, values))
    p_value = _compiled("normal_upper_tail('z')")
    found = build.rows(
        built,
        f"select x, {p_value} as p from (select x, {tail} as z from (values {listed}) as v(x)) order by x",
    )
    p = np.array([row["p"] for row in found])
    for level, times in ((0.1, 1.0), (0.01, 1.05), (0.001, 1.2 if dispersion < 3 else 2.5)):
        share = often[p <= level].sum() / draws
        assert share <= level * times + 4 * math.sqrt(level / draws)


def _compiled(call: str) -> str:
    """The SQL a macro of macros/tails.sql gives."""
    from jinja2 import Environment

    source = (build.PROJECT / "macros" / "tails.sql").read_text(encoding="utf-8")
    text = Environment(extensions=["jinja2.ext.do"]).from_string(source + "{{ " + call + " }}").render()
    return text.strip()
