"""The end of a run on the terminal: what it says about a failed test."""

from __future__ import annotations

from pathlib import Path

import duckdb

from ingestion.paths import Paths
from orchestration.facts import headlines
from orchestration.summary import failing_rows


def test_the_first_rows_that_a_dbt_test_found_are_shown(warehouse: Paths, tmp_path: Path) -> None:
    sql = tmp_path / "test.sql"
    sql.write_text(
        "-- says why\nwith t as (from marts.fct_tickets)\n"
        "select ticket_id, seconds, created_at, null as status from t order by seconds -- first",
        encoding="utf-8",
    )
    shown = failing_rows(sql, warehouse).split("\n")
    assert len(shown) == 1 + 3
    assert shown[1].strip() == "ticket_id t0, seconds 0.0, created_at 2026-01-01 00:00:00+00, status None"


def test_where_they_cannot_be_had_nothing_is_said(warehouse: Paths, tmp_path: Path) -> None:
    sql = tmp_path / "test.sql"
    assert failing_rows(sql, warehouse) == ""
    sql.write_text("select * from marts.gone", encoding="utf-8")
    assert failing_rows(sql, warehouse) == ""


def test_headlines_with_nothing_to_count_are_left_out() -> None:
    with duckdb.connect() as served:
        served.execute(
            """
            create schema marts;
            create table marts.agg_insight_backlog as
                select 3 as open_count, 2 as unreviewed_count, 1 as overdue_count;
            create table marts.fct_appeals (
                body text, is_decided bool, is_pending bool, is_reversed bool, is_partially_reversed bool
            );
            """
        )
        assert dict(headlines(served)) == {
            "insights": "3 open, 2 of them not looked at, 1 overdue (the insight report says which)"
        }
        served.execute(
            """
            delete from marts.agg_insight_backlog;
            insert into marts.fct_appeals values
                ('internal', true, false, true, false),
                ('internal', true, false, false, false),
                ('internal', false, true, null, null);
            """
        )
        assert dict(headlines(served)) == {
            "internal appeals": "2 decided, 50.0 % of them reversed in whole or part; 1 pending"
        }
