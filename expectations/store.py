"""The store: results and row counts kept in the warehouse, schema `validation`.

Belongs here: the tables of that schema and all writing to them, each time with a connection of its own that
is closed again at once. Does not belong here: reading the data that is checked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from expectations.results import GateResult
from expectations.suites import Stage

RESULT_COLUMNS = {
    "run_id": "varchar", "stage": "varchar", "table": "varchar", "check": "varchar", "outcome": "varchar",
    "severity": "varchar", "observed": "varchar", "unexpected_count": "bigint", "sample": "varchar",
    "checked_at": "timestamptz", "seconds": "double", "description": "varchar", "what_to_do": "varchar",
    "expectation": "varchar", "site": "varchar", "as_of": "timestamptz",
}  # fmt: skip

_CREATE = f"""
    create schema if not exists validation;
    create table if not exists validation.expectation_results (
        {", ".join(f'"{name}" {kind}' for name, kind in RESULT_COLUMNS.items())}
    );
    -- How many rows each source had in each table at each gate, to notice a table that shrank.
    create table if not exists validation.row_counts (
        run_id varchar, site varchar, stage varchar, table_name varchar, source_id varchar, rows bigint,
        is_accepted boolean, counted_at timestamptz
    );
    -- The counts to compare with: those of the last gate that let the stage pass.
    create or replace view validation.accepted_row_counts as
    select site, table_name, source_id, rows, counted_at from validation.row_counts as c
    where counted_at = (
        select max(latest.counted_at) from validation.row_counts as latest
        where latest.site = c.site and latest.stage = c.stage and latest.is_accepted
    );
"""


@contextmanager
def _writing(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(str(warehouse), config={"threads": 2})
    try:
        connection.execute("set TimeZone = 'UTC'")
        yield connection
    finally:
        connection.close()


def prepare(warehouse: Path) -> None:
    """Create the schema `validation` where it is missing, so that suites can refer to it."""
    with _writing(warehouse) as connection:
        connection.execute(_CREATE)


def forget_row_counts(warehouse: Path, stage: Stage) -> None:
    """Accept the present size of every table: what the next gate counts becomes the new measure."""
    with _writing(warehouse) as connection:
        connection.execute(_CREATE)
        connection.execute("delete from validation.row_counts where stage = ?", [stage])


def keep(warehouse: Path, gate: GateResult) -> None:
    """Append the gate's results, and the row counts of its tables, in one transaction."""
    rows = [
        (gate.run_id, gate.stage, r.table, r.check, r.outcome, r.severity, r.observed, r.unexpected_count,
         json.dumps(list(r.sample), default=str), r.checked_at, r.seconds, r.claim, r.on_failure,
         r.expectation, gate.site, gate.as_of)
        for r in gate.results
    ]  # fmt: skip
    with _writing(warehouse) as connection:
        connection.execute("begin")
        if rows:
            marks = ", ".join("?" for _ in RESULT_COLUMNS)
            connection.executemany(f"insert into validation.expectation_results values ({marks})", rows)
        _keep_row_counts(connection, gate)
        connection.execute("commit")


def _keep_row_counts(connection: duckdb.DuckDBPyConnection, gate: GateResult) -> None:
    with_source = {
        f"{schema}.{table}"
        for schema, table in connection.execute(
            "select table_schema, table_name from information_schema.columns where column_name = 'source_id'"
        ).fetchall()
    }
    # `now()` is the transaction's start: one instant for all rows of a gate.
    counts = [
        f"select '{table}' as table_name, source_id, count(*) as rows from {table} group by source_id"
        for table in gate.tables
        if table in with_source
    ]
    if counts:
        connection.execute(
            "insert into validation.row_counts by name "
            "select ? as run_id, ? as site, ? as stage, *, ? as is_accepted, now() as counted_at from "
            f"({' union all '.join(counts)})",
            [gate.run_id, gate.site, gate.stage, gate.is_open],
        )


def latest_results(warehouse: Path) -> list[dict[str, Any]]:
    """Return the results of the latest gate of each stage, in the order they were asked."""
    with _writing(warehouse) as connection:
        cursor = connection.execute(
            """
            select * from validation.expectation_results as r
            where run_id = (
                select latest.run_id from validation.expectation_results as latest
                where latest.stage = r.stage order by latest.checked_at desc limit 1
            )
            order by checked_at
            """
        )
        columns = [column[0] for column in cursor.description or []]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
