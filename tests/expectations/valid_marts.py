"""Marts that are right by construction: the reference's answers for a random site, as DuckDB tables.

Belongs here: turning rows of `tests.reference` into marts, and deriving the aggregates from them. Tests
copy the file and break one thing. Does not belong here: what the suites say, or what is right
(`tests.reference`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from random import Random

import duckdb
import pyarrow as pa

from tests.reference.oracle import KEYS, Row, chunks
from tests.reference.random_sites import generate, write
from tests.reference.site_files import read_site


def build_marts(file: Path, scratch: Path, *, seed: int, tickets: int = 120) -> datetime:
    """Write the core and SLA marts of a random site into a warehouse; return its as_of (UTC)."""
    site = read_site(write(generate(Random(seed), tickets), scratch))
    rows: dict[str, list[Row]] = {mart: [] for mart in KEYS}
    for _, found in chunks(site):
        for mart, more in found.items():
            rows[mart] += more
    with duckdb.connect(str(file), config={"threads": 1}) as connection:
        connection.execute("set TimeZone = 'UTC'; create schema if not exists marts")
        for mart, facts in rows.items():
            connection.register("facts", _table(facts))
            connection.execute(f"create table marts.{mart} as from facts")
            connection.unregister("facts")
        connection.execute(_DERIVED)
    return datetime.fromtimestamp(site.as_of / 1e6, UTC)


def empty_marts(file: Path) -> None:
    """Take all rows out of the marts, as for a site without tickets."""
    with duckdb.connect(str(file), config={"threads": 1}) as connection:
        for (table,) in connection.execute(
            "select table_name from information_schema.tables where table_schema = 'marts'"
        ).fetchall():
            connection.execute(f"delete from marts.{table}")


def _table(rows: list[Row]) -> pa.Table:
    return pa.table({name: pa.array([row[name] for row in rows], _type(name)) for name in rows[0]})


def _type(column: str) -> pa.DataType:
    if column.endswith("_at") or column in {"valid_from", "valid_to"}:
        return pa.timestamp("us", "UTC")
    if "_seconds" in column or column.startswith("seconds_"):
        return pa.float64()
    if column.startswith(("is_", "has_")):
        return pa.bool_()
    if column.endswith(("_count", "_no")):
        return pa.int64()
    return pa.string()


# The columns the reference leaves to ingestion, and clocks that agree: skew is judged by a check of its own.
_DERIVED = """
    alter table marts.fct_tickets add column is_minor boolean;
    alter table marts.fct_tickets add column subject varchar;
    alter table marts.fct_tickets add column requester_id varchar;
    update marts.fct_tickets set requester_id = sha256('creator');
    update marts.fct_tickets set is_minor = hash(ticket_id) % 5 = 0, has_clock_skew = false;
    update marts.fct_tickets set subject = 'My payout' where not is_minor;
    create table marts.load_report as
    select source_id, 'tickets' as entity, count(*) as read, count(*) as loaded, 0 as quarantined,
        0 as duplicates
    from marts.fct_tickets group by source_id;
"""
