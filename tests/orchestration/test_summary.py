"""The end of a run on the terminal: what it says about a failed test."""

from __future__ import annotations

from pathlib import Path

from ingestion.paths import Paths
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
