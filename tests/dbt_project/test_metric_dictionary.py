"""A mart column that nobody described, or whose kind nobody can tell, fails the build by name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.dbt_project import yml

DESCRIBED = "One thing."


def build_dictionary(folder: Path, column: str, grain: str = "[]") -> str:
    """Build a project of one mart, whose yml has this entry for its second column; return dbt's message."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    marts = folder / "models" / "marts"
    marts.mkdir(parents=True)
    shutil.copytree(yml.PROJECT / "macros", folder / "macros")
    for ending in ("sql", "yml"):
        shutil.copy(yml.MODELS / "marts" / "core" / f"dim_metric.{ending}", marts)
    name = column.removeprefix("{name: ").partition(",")[0]
    (marts / "fct_things.sql").write_text(f"select 'x' as thing_id, 1 as {name}", encoding="utf-8")
    (marts / "fct_things.yml").write_text(
        f"version: 2\nmodels:\n  - name: fct_things\n    config: {{meta: {{grain: {grain}}}}}\n"
        "    columns:\n"
        f"      - {{name: thing_id, data_type: varchar, description: {DESCRIBED}}}\n      - {column}\n",
        encoding="utf-8",
    )
    (folder / "dbt_project.yml").write_text(
        "name: things\nversion: '1.0.0'\nprofile: things\n"
        "models: {things: {+materialized: view, marts: {+schema: marts, +contract: {enforced: true}}}}\n",
        encoding="utf-8",
    )
    (folder / "profiles.yml").write_text(
        "things: {target: dev, outputs: {dev: {type: duckdb, path: ':memory:'}}}\n", encoding="utf-8"
    )
    where = ["--project-dir", str(folder), "--profiles-dir", str(folder), "--log-level", "none"]
    try:
        outcome = dbtRunner().invoke(["run", "--select", "dim_metric", *where, "--log-path", str(folder)])
    finally:
        DuckDBConnectionManager.close_all_connections()
    assert outcome.exception is None, outcome.exception
    (result,) = outcome.result.results
    return f"{result.status} {result.message}"


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ("", "no description"),
        (f", description: {DESCRIBED}", "its kind can be told neither"),
        (f", description: {DESCRIBED}, config: {{meta: {{kind: guess}}}}", "its kind can be told neither"),
    ],
    ids=["without_description", "without_kind", "with_unknown_kind"],
)
def test_unfit_column_fails_the_build(tmp_path: Path, more: str, problem: str) -> None:
    message = build_dictionary(tmp_path, f"{{name: things, data_type: integer{more}}}")
    assert message.startswith("error")
    assert "mart fct_things, column things" in message
    assert problem in message


@pytest.mark.parametrize(
    ("grain", "problem"),
    [("[]", "has to name its dimensions"), ("[thing]", "no such column")],
    ids=["without_grain", "with_unknown_column"],
)
def test_aggregate_has_to_name_its_grain(tmp_path: Path, grain: str, problem: str) -> None:
    column = f"{{name: minor_count, data_type: integer, description: {DESCRIBED}}}"
    message = build_dictionary(tmp_path, column, grain)
    assert message.startswith("error")
    assert problem in message
