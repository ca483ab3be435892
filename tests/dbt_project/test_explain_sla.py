"""The queries of docs/explain_sla.md: whatever row they are given, what they count is its elapsed time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt_project.conftest import RandomBuild

DOCS = Path(__file__).resolve().parents[2] / "docs"
ROWS = 120


@pytest.fixture(scope="module")
def connection(random_build: RandomBuild) -> Iterator[duckdb.DuckDBPyConnection]:
    """The built site as both files show it: the marts with their manifest, and the clock."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"attach '{random_build.data_dir / 'warehouse.duckdb'}' as build (read_only)")
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables()"
            " where database_name = 'build' and schema_name in ('marts', 'intermediate')"
        ).fetchall()
        for schema, table in tables:
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(f"create view {schema}.{table} as from build.{schema}.{table}")
        connection.execute(
            "create table marts.publication as"
            " select make_timestamptz(as_of_us) as as_of from intermediate.int_build_state"
        )
        yield connection


@pytest.fixture(scope="module")
def sla_rows(connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """Some rows of every metric, in both hours, as (source, ticket, metric, instance, version, …)."""
    return connection.execute(
        "select source_id, ticket_id, metric, instance_no, version_no, elapsed_seconds, status"
        " from marts.fct_ticket_sla"
        f" qualify row_number() over (partition by metric, hours order by sla_key) <= {ROWS // 12}"
    ).fetchall()


def _answer(connection: duckdb.DuckDBPyConnection, file: str, row: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    text = (DOCS / file).read_text(encoding="utf-8")
    for name, value in zip(("source", "ticket", "metric", "instance", "version"), row, strict=False):
        said = str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
        text, found = re.subn(
            rf"(?m)^(set variable {name} = ).*;$", lambda m, said=said: f"{m[1]}{said};", text
        )
        assert found == 1, f"{file} has no line to set the {name}"
    return connection.execute(text).fetchall()


def test_open_stretches_add_up_to_the_elapsed_time(
    connection: duckdb.DuckDBPyConnection, sla_rows: list[tuple[Any, ...]]
) -> None:
    measured = [row for row in sla_rows if row[5] is not None]
    assert len(measured) > 50
    wrong = []
    for row in measured:
        stretches = _answer(connection, "explain_sla_hours.sql", row)
        counted = sum(seconds for *_, seconds, _ in stretches)
        if counted != pytest.approx(row[5], abs=1e-6):
            wrong.append((row, counted))
    assert not wrong


def test_the_story_of_a_row_ends_with_its_status(
    connection: duckdb.DuckDBPyConnection, sla_rows: list[tuple[Any, ...]]
) -> None:
    for row in sla_rows:
        told = [what for _, what in _answer(connection, "explain_sla.sql", row)]
        assert told[0] == f"clock of instance {row[3]} starts"
        assert told[-1].endswith(f", {row[6]}")
