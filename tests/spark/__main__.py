"""Every SQL model compiled for Spark, run there on the tables of a DuckDB build, and compared with them.

Belongs here: the one check that needs Spark, which is too large for the lock file and for every run of the
tests. Does not belong here: what a reading of the SQL can find (`tests/dbt_project/test_portable.py`).

In an environment of its own, with Java 17 or later; see docs/add_model.md:

    python -m tests.spark DATA_DIR [model ...]

DATA_DIR holds the first build of a small site: what is compiled is a full build. Exit code 1 if a model fails
on Spark or gives other rows.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
PROFILE = """
warehouse:
  target: spark
  outputs:
    spark: {type: spark, method: session, schema: main, host: NA, threads: 1}
"""
# What these hold rests on earlier builds, or on the project as it was parsed, not on the tables they read.
HISTORIES = {
    "int_sla_records", "int_csat_records", "int_insight_records", "int_backlog_before",
    "int_sla_daily_before", "int_build_inputs", "int_build_scope", "int_build_state", "int_changed_holders",
}  # fmt: skip
DIGITS = 9

Row = tuple[Any, ...]


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.spark", description=__doc__)
    parser.add_argument("data_dir", type=Path, help="data folder of a first build")
    parser.add_argument("models", nargs="*", help="only these models")
    given = parser.parse_args()
    with TemporaryDirectory() as scratch, _built(given.data_dir) as built:
        spark = _session(built, Path(scratch))
        compiled = _compiled(given.data_dir, Path(scratch))
        wanted = set(given.models) or compiled.keys() - HISTORIES
        outcomes = {name: _compare(spark, built, *compiled[name]) for name in sorted(wanted)}
    for name, outcome in outcomes.items():
        if outcome:
            print(f"{name}: {outcome}")
    wrong = sum(outcome != "" for outcome in outcomes.values())
    print(f"{len(outcomes) - wrong} models give the same rows on Spark, {wrong} do not")
    return 1 if wrong else 0


def _built(data_dir: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(data_dir / "warehouse.duckdb"), read_only=True)
    connection.execute("set TimeZone = 'UTC'")
    return connection


def _session(built: duckdb.DuckDBPyConnection, scratch: Path) -> Any:
    """Return a Spark session in which every table of the build is a table of the same name."""
    from pyspark.sql import SparkSession  # type: ignore[import-not-found, unused-ignore]

    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.sql.catalogImplementation": "in-memory",
        # Instants without a zone are UTC here, as everywhere in the project.
        "spark.sql.parquet.inferTimestampNTZ.enabled": "false",
    }
    builder = SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    tables = built.execute(
        "select table_schema, table_name from information_schema.tables"
        " where table_catalog = current_database() order by all"
    ).fetchall()
    for schema, table in tables:
        columns = built.execute(
            "select column_name, data_type from information_schema.columns"
            " where table_catalog = current_database() and table_schema = ? and table_name = ?",
            [schema, table],
        ).fetchall()
        # Codes are texts to everybody but DuckDB.
        parts = (f'cast("{c}" as varchar) as "{c}"' if t.startswith("ENUM") else f'"{c}"' for c, t in columns)
        file = scratch / f"{schema}.{table}.parquet"
        built.execute(f'copy (select {", ".join(parts)} from "{schema}"."{table}") to \'{file}\'')
        spark.sql(f"create database if not exists `{schema}`")
        spark.sql(f"create table `{schema}`.`{table}` using parquet location '{file}'")
    return spark


def _compiled(data_dir: Path, scratch: Path) -> dict[str, tuple[str, str]]:
    """Return (SQL, table) of every SQL model, compiled for Spark with the variables of the build."""
    from dbt.cli.main import dbtRunner

    run = json.loads((data_dir / "dbt" / "target" / "run_results.json").read_text(encoding="utf-8"))
    (scratch / "profiles.yml").write_text(PROFILE, encoding="utf-8")
    outcome = dbtRunner().invoke(
        [
            "compile", "--quiet", "--full-refresh", "--select", "path:models",
            "--project-dir", str(PROJECT), "--profiles-dir", str(scratch),
            "--target-path", str(scratch / "target"), "--log-path", str(scratch / "logs"),
            "--vars", json.dumps(run["args"]["vars"]),
        ]
    )  # fmt: skip
    results: Any = outcome.result
    if outcome.exception is not None or results is None:
        raise SystemExit(f"dbt compile for Spark failed: {outcome.exception}")
    nodes = [result.node for result in results if result.node.resource_type == "model"]
    return {
        node.name: (node.compiled_code, f"{node.schema}.{node.alias}")
        for node in nodes
        if node.language == "sql"
    }


def _compare(spark: Any, built: duckdb.DuckDBPyConnection, sql: str, table: str) -> str:
    """Return what differs, in words; nothing if the rows are the same."""
    try:
        frame = spark.sql(sql)
        found = Counter(_plain(row) for row in frame.collect())
    except Exception as error:  # whatever Spark cannot do is an outcome of the check
        return f"fails on Spark: {' '.join(str(error).split())[:300]}"
    names = ", ".join(f'"{column}"' for column in frame.columns)
    expected = Counter(_plain(row) for row in built.execute(f"select {names} from {table}").fetchall())
    if found == expected:
        return ""
    more, less = list((found - expected).elements()), list((expected - found).elements())
    sample = f"Spark {more[0]}" if more else f"DuckDB {less[0]}"
    return f"{len(more)} rows only on Spark, {len(less)} only on DuckDB; such as {sample}"[:600]


def _plain(row: Any) -> Row:
    return tuple(_plain_value(value) for value in row)


def _plain_value(value: Any) -> Any:
    """One form for both engines: instants in UTC, numbers of any type to nine digits."""
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).replace(tzinfo=None).isoformat()
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float | Decimal) or (isinstance(value, int) and abs(value) < 2**53):
        number = float(value)
        return None if math.isnan(number) else float(f"{number:.{DIGITS}g}")
    return value


if __name__ == "__main__":
    sys.exit(main())
