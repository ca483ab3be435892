"""A mart column that nobody described, or whose kind nobody can tell, fails the build by name.

And what the dictionary says of columns: how counts may be added up, units of numbers.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt_project import yml

DESCRIBED = "One thing."
MARTS = yml.MODELS / "marts"

# Columns that choose among rows which count the same cases: a sum over all of them counts cases repeatedly.
SELECTORS = {"dimension", "driver_level", "scope", "agreement_of", "evidence_type"}

# Columns of a grain that look like one of these, but split the cases: every case is in one row.
SPLITS = {"subject_type", "text_kind"}

# Marts in which such a column is what a row tells, and its rows are things of their own.
NOT_OVER_CASES = {"fct_insights"}


def build_dictionary(folder: Path, column: str, grain: str = "[]", more: str = "") -> str:
    """Build a project of one mart, whose yml has this entry for its second column; return dbt's message.

    `more` goes into the meta of the mart. The dictionary is left in `things.duckdb`.
    """
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
        f"version: 2\nmodels:\n  - name: fct_things\n    config: {{meta: {{grain: {grain}{more}}}}}\n"
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
        f"things: {{target: dev, outputs: {{dev: {{type: duckdb, path: '{folder / 'things.duckdb'}'}}}}}}\n",
        encoding="utf-8",
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


@pytest.mark.parametrize(
    ("name", "more", "advice"),
    [
        ("thing_count", ", count_aggregation: sum within one scope", "sum within one scope"),
        ("minor_count", "", "sum, average; published sums leave suppressed cells out"),
        ("minor_count", ", few_minors: left_out", "sum, average; few minors are in no sum"),
    ],
)
def test_counts_take_the_advice_of_their_mart(tmp_path: Path, name: str, more: str, advice: str) -> None:
    column = f"{{name: {name}, data_type: integer, description: {DESCRIBED}}}"
    assert build_dictionary(tmp_path, column, "[thing_id]", more).startswith("success")
    with duckdb.connect(str(tmp_path / "things.duckdb"), read_only=True) as connection:
        found = connection.execute(
            "select aggregation from marts.dim_metric where column_name = ?", [name]
        ).fetchall()
    assert found == [(advice,)]


@pytest.mark.parametrize(
    ("tests", "grain", "key"),
    [
        ("[unique]", "[thing_id]", ["thing_no"]),
        ("[not_null]", "[thing_id, thing_no]", ["thing_id", "thing_no"]),
        ("[]", "[]", []),
    ],
    ids=["tested_unique", "grain", "neither"],
)
def test_the_primary_key_is_what_is_tested_unique(
    tmp_path: Path, tests: str, grain: str, key: list[str]
) -> None:
    column = f"{{name: thing_no, data_type: integer, description: {DESCRIBED}, data_tests: {tests}}}"
    assert build_dictionary(tmp_path, column, grain).startswith("success")
    with duckdb.connect(str(tmp_path / "things.duckdb"), read_only=True) as connection:
        found = connection.execute(
            "select column_name from marts.dim_metric where is_primary_key order by column_no"
        ).fetchall()
    assert [name for (name,) in found if name.startswith("thing_")] == key


def test_no_count_of_rows_that_overlap_is_advised_to_be_summed_over_all() -> None:
    """A mart with a selector in its grain says within what its counts may be added, or each of them does."""
    overlapping = {
        mart: meta
        for mart, meta in _grains().items()
        if SELECTORS & set(meta["grain"]) and mart not in NOT_OVER_CASES
    }
    assert len(overlapping) == 6
    plain = []
    for mart, meta in overlapping.items():
        (selector,) = SELECTORS & set(meta["grain"])
        advice = meta.get("count_aggregation", "")
        if f" {selector}" not in advice and not advice.startswith("not additive"):
            plain.append(mart)
    assert not plain


def test_columns_of_grains_that_may_be_selectors_are_known() -> None:
    endings = ("dimension", "_level", "scope", "_of", "_type", "_kind")
    doubtful = {column for meta in _grains().values() for column in meta["grain"] if column.endswith(endings)}
    assert not doubtful - SELECTORS - SPLITS, "say whether rows overlap over it"


def test_numbers_have_a_unit() -> None:
    columns = [
        (f"{entry['name']}.{column['name']}", column.get("config", {}).get("meta", {}))
        for file, entry in yml.described_models()
        if file.is_relative_to(MARTS)
        for column in entry["columns"]
    ]
    numbers = {name: meta for name, meta in columns if meta.get("kind") == "number"}
    assert len(numbers) > 50
    assert not [name for name, meta in numbers.items() if not meta.get("unit")]


def test_counts_say_that_few_minors_are_left_out_of_them() -> None:
    """In marts made with macros/minors.sql; counts of hands full, weeks and insights are none of cases."""
    not_of_cases = {"minor_count", "tickets_in_hand_peak_count", "week_before_count"}
    for file, entry in yml.described_models():
        if (
            not file.is_relative_to(MARTS)
            or "without_few_minors(" not in file.with_suffix(".sql").read_text()
        ):
            continue
        assert entry["config"]["meta"]["few_minors"] == "left_out", entry["name"]
        silent = [
            column["name"]
            for column in entry["columns"]
            if column["name"].endswith("_count")
            and column["name"] not in not_of_cases
            and not column["name"].startswith("insight_")
            and "doc('few_minors_left_out')" not in column["description"]
        ]
        assert not silent, entry["name"]


def _grains() -> dict[str, dict[str, Any]]:
    """The meta of each mart with a declared grain."""
    metas = {entry["name"]: entry.get("config", {}).get("meta", {}) for _, entry in yml.described_models()}
    return {name: meta for name, meta in metas.items() if meta.get("grain")}
