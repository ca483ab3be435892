"""The bench of new matters counts what it says, on insights made up here and on one run of texts.

Without a build of models: those are in the bench itself (`make bench-insights`).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest

from tests.bench.insights import texts, themes, vocabulary

MONDAY = date(2026, 1, 5)


def _insight(run: str, day: date, share: float) -> themes.Insight:
    return themes.Insight(run, "late, payout", datetime.combine(day, datetime.min.time(), UTC), 0.001, share)


def test_insights_are_true_by_their_texts_and_found_in_time() -> None:
    planted = [texts.Planted(run, "payout", MONDAY, size) for run, size in (("a", 20), ("b", 16), ("c", 4))]
    day = {n: MONDAY + timedelta(days=n) for n in (-7, 6, 12, 13, 29)}
    found = themes.score(
        [
            _insight("a", day[12], 0.9),
            _insight("a", day[6], 0.51),
            _insight("a", day[-7], 0.5),  # about something else
            _insight("b", day[29], 1.0),  # about it, but more than four weeks late
            _insight("c", day[13], 1.0),
            _insight("control", day[6], 0.0),
        ],
        planted,
        control_run_count=1,
    )
    assert [f.days for f in found.found] == [6, None, 13]
    assert (len(found.true), len(found.false), len(found.control)) == (4, 1, 1)
    assert (found.precision, found.recall, found.delay) == (0.8, 0.5, 6)


def test_a_bench_that_finds_nothing_fails() -> None:
    nothing = themes.score([], [texts.Planted("a", "payout", MONDAY, 20)], control_run_count=1)
    assert (nothing.precision, nothing.recall, nothing.delay) == (0, 0, float("inf"))


@pytest.fixture(scope="module")
def warehouse() -> duckdb.DuckDBPyConnection:
    """The tables that the search reads and writes, with five months of days."""
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(f"""
        create schema intermediate; create schema records;
        create table intermediate.int_site_days as
            select epoch_us(day) // 86_400_000_000 as utc_day_no,
                cast(date_trunc('week', day) as date) as week_start_date,
                epoch_us(day) as from_us, epoch_us(day) + 86_400_000_000 as to_us
            from range(timestamp '{MONDAY}', timestamp '{MONDAY}' + interval 140 days, interval 1 day)
                as days(day);
        create table intermediate.int_texts (
            text_key text, source_id text, text_kind text, language text, at_us bigint, week_start_date date,
            rating_normalised double, text text, text_hash text
        );
        create table intermediate.bench_planted (source_id text, text_hash text);
        create table records.int_theme_records (
            theme_key text, language text, theme_no bigint, label text, terms text, found_us bigint,
            is_first_search bool
        );
        create table intermediate.int_text_themes (
            language text, text_hash text, theme_key text, theme_similarity double, compared_count bigint
        );
    """)
    return connection


def test_a_planted_matter_is_a_theme_two_weeks_later_and_nothing_else_is(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    plan = texts.Plan("app", 3, MONDAY, 16, 70, planted_a_week=20, earliest_week=13, latest_week=14)
    written, planted = texts.draw(plan)
    assert planted is not None
    assert {t.posted_at.date() >= planted.starts_on for t in written if t.is_planted} == {True}
    themes._add_texts(warehouse, plan.run, written)
    ends = [
        int(datetime.combine(MONDAY + timedelta(weeks=week), datetime.min.time(), UTC).timestamp())
        * 1_000_000
        for week in (12, 13, 16)
    ]
    themes.search(warehouse, plan.run, ends)
    found = warehouse.execute("""
        select any_value(label), avg((planted.text_hash is not null)::int), count(*)
        from records.int_theme_records
        inner join intermediate.int_text_themes using (theme_key)
        left join intermediate.bench_planted as planted using (text_hash)
        where not is_first_search
        group by theme_key
    """).fetchall()
    (new,) = [row for row in found if row[1] > 0.5]
    things, faults, around = vocabulary.MATTERS[planted.matter]
    assert set(new[0].replace(",", "").split()) <= {*things, *faults, *around}
    assert new[2] >= 20
