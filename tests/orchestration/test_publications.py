"""What a build is told of earlier ones: the publications that stand, and the macros that models rest on."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from ingestion.paths import Paths
from orchestration.build_state import published_as_of, record_publication, was_built_by_run
from orchestration.dbt_runner import macros_hash


def _paths(folder: Path) -> Paths:
    paths = Paths(folder)
    duckdb.connect(str(paths.warehouse)).close()
    return paths


def test_nothing_published_stands_before_any_period(tmp_path: Path) -> None:
    assert published_as_of(_paths(tmp_path)) == "1970-01-01 00:00:00"


def test_the_latest_publication_stands_also_after_one_of_an_earlier_instant(tmp_path: Path) -> None:
    paths = _paths(tmp_path)
    record_publication(paths, datetime(2026, 6, 29, 6, tzinfo=UTC))
    record_publication(paths, datetime(2026, 6, 1, tzinfo=UTC))
    assert published_as_of(paths) == "2026-06-29 06:00:00"


def test_a_changed_macro_changes_the_hash_and_a_changed_model_does_not(tmp_path: Path) -> None:
    macro, model = tmp_path / "macros" / "a.sql", tmp_path / "models" / "m.sql"
    for file in (macro, model):
        file.parent.mkdir()
        file.write_text("select 1")
    first = macros_hash(tmp_path)
    model.write_text("select 2")
    assert macros_hash(tmp_path) == first
    macro.write_text("select 2")
    assert macros_hash(tmp_path) != first


@pytest.mark.parametrize(("builder", "stands"), [("run", True), ("selection", False), ("hand", False)])
def test_a_build_by_hand_or_of_a_selection_is_not_taken_for_a_run(
    tmp_path: Path, builder: str, stands: bool
) -> None:
    paths = _paths(tmp_path)
    assert not was_built_by_run(paths)
    with duckdb.connect(str(paths.warehouse)) as connection:
        connection.execute("create schema intermediate")
        connection.execute(f"create table intermediate.last_builder as select '{builder}' as built_by")
    assert was_built_by_run(paths) is stands
