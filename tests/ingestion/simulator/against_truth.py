"""A built marts file against the truth folder of the simulated site it was built from.

Belongs here: joining each mart to its truth by key and counting rows and values that differ, at any size.
Does not belong here: building anything.

    python -m tests.ingestion.simulator.against_truth --truth DIR/truth --marts FILE [--schema marts]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import duckdb

KEYS = {
    "fct_tickets": ("source_id", "ticket_id"),
    "fct_ticket_segments": ("source_id", "ticket_id", "segment_no"),
    "fct_replies": ("source_id", "ticket_id", "event_id"),
    "fct_ticket_sla": ("source_id", "ticket_id", "metric", "instance_no", "version_no"),
    "fct_csat_responses": ("source_id", "survey_id"),
    "fct_appeals": ("source_id", "appeal_id"),
    "fct_quality_reviews": ("review_id",),
}
TOLERANCE = 1e-6
"""Seconds (and scores): sums in floating point may differ in their last bits."""


def differences(truth: Path, marts: Path, schema: str = "marts") -> dict[str, int]:
    """Number of differences by `mart.column`, or `mart: what` for rows and columns; empty if all is equal.

    A mart that the file does not have is left out; so are columns that only the mart has.
    """
    found: dict[str, int] = {}
    with duckdb.connect() as sql:
        sql.execute("set timezone = 'UTC'")
        sql.execute(f"attach '{marts}' as built (read_only)")
        there = {
            name
            for (name,) in sql.execute(
                "select table_name from information_schema.tables where table_catalog = 'built' "
                "and table_schema = ?",
                [schema],
            ).fetchall()
        }
        for mart, keys in KEYS.items():
            if mart in there and (truth / mart).is_dir():
                found |= _compare(sql, f"'{truth}/{mart}/*.parquet'", f"built.{schema}.{mart}", mart, keys)
    return {what: count for what, count in found.items() if count}


def _columns(sql: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    return {name: kind for name, kind, *_ in sql.execute(f"describe select * from {relation}").fetchall()}


def _compare(
    sql: duckdb.DuckDBPyConnection, truth: str, built: str, mart: str, keys: tuple[str, ...]
) -> dict[str, int]:
    wanted, has = _columns(sql, truth), _columns(sql, built)
    absent = {f"{mart}: column {name} is missing": 1 for name in wanted if name not in has}
    values = [name for name in wanted if name in has and name not in keys]
    same = {
        name: f"t.{name} is not distinct from b.{name}"
        if wanted[name] != "DOUBLE"
        else f"coalesce(abs(t.{name} - b.{name}) <= {TOLERANCE}, t.{name} is null and b.{name} is null)"
        for name in values
    }
    matched = f"t.{keys[-1]} is not null and b.{keys[-1]} is not null"
    counts = [
        f"count(*) filter (where b.{keys[-1]} is null)",
        f"count(*) filter (where t.{keys[-1]} is null)",
        *(f"count(*) filter (where {matched} and not ({test}))" for test in same.values()),
    ]
    on = " and ".join(f"t.{key} = b.{key}" for key in keys)
    row = sql.execute(f"select {', '.join(counts)} from {truth} t full join {built} b on {on}").fetchone()
    assert row is not None
    what = [f"{mart}: rows missing", f"{mart}: rows too many", *(f"{mart}.{name}" for name in values)]
    return absent | dict(zip(what, row, strict=True))


def main() -> int:
    """Command line: print the differences; exit code 1 if there are any."""
    parser = argparse.ArgumentParser(description="Compare built marts with the truth of a simulated site.")
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--marts", type=Path, required=True)
    parser.add_argument("--schema", default="marts")
    given = parser.parse_args()
    found = differences(given.truth, given.marts, given.schema)
    for what, count in found.items():
        print(f"{what}: {count}")
    print("no differences" if not found else f"{sum(found.values())} differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
