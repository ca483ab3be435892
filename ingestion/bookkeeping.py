"""Small raw tables that tell how the others came about: the report, quarantine, the offsets of zones.

Belongs here: their rows, as Python values. Does not belong here: rows of sources, which are never Python
values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingestion import walltime, warehouse
from ingestion.results import FileReport
from ingestion.staging import Staged
from ingestion.warehouse import Write

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Small:
    """Rows of a small table; `disposition` append or replace."""

    table: str
    columns: Mapping[str, str]
    rows: Sequence[tuple[Any, ...]]
    disposition: str


def report(reports: Sequence[FileReport], load_no: int) -> Small:
    """Counts of each file that the load read."""
    now = datetime.now(UTC).replace(tzinfo=None)
    rows = [
        (load_no, now, r.source_id, r.entity, r.file, r.read, r.loaded, r.quarantined, r.duplicates)
        for r in reports
    ]
    return Small(warehouse.REPORT, warehouse.REPORT_COLUMNS, rows, "append")


def quarantine(staged: Sequence[Staged], load_no: int) -> Small:
    """Rows that broke the contract: one each, whatever the number of its violations."""
    rows = [
        (*s.file.key, b.line, b.column_name, b.reason, b.value, b.record, load_no)
        for s in staged
        for b in s.bad
    ]
    return Small(warehouse.QUARANTINE, warehouse.QUARANTINE_COLUMNS, rows, "append")


def left_tickets(left: Sequence[tuple[str, str]], load_no: int) -> Small:
    """Tickets that an event left: nothing in raw tells any more that it was theirs."""
    rows = [(*ticket, load_no) for ticket in left]
    return Small(warehouse.LEFT, warehouse.LEFT_COLUMNS, rows, "append")


def zone_offsets(
    connection: duckdb.DuckDBPyConnection, site_zone: str | None, schedules: Sequence[str], known: str | None
) -> list[Small]:
    """UTC offsets of the site's zone (UTC without one) and of every zone that a schedule names.

    `schedules` and `known` are relations; returns nothing when the table holds all of them already.
    """
    zones = {site_zone or "UTC"}
    for relation in schedules:
        found = connection.execute(f"SELECT DISTINCT timezone FROM {relation}").fetchall()
        zones.update(zone for (zone,) in found)
    if known is not None:
        stored = connection.execute(f"SELECT DISTINCT timezone FROM {known}").fetchall()
        if zones <= {zone for (zone,) in stored}:
            return []
    rows = [row for zone in sorted(zones) for row in walltime.offsets(zone)]
    return [Small(warehouse.OFFSETS, warehouse.OFFSET_COLUMNS, rows, "replace")]


def writes(
    connection: duckdb.DuckDBPyConnection, small: Sequence[Small], existing: set[str], folder: Path
) -> list[Write]:
    """Return what to write; a table that would get no row is left alone unless it does not exist yet."""
    found = []
    for item in small:
        if item.disposition == "append" and not item.rows and item.table in existing:
            continue
        path = folder / f"{item.table}.parquet"
        warehouse.as_parquet(connection, item.rows, item.columns, path)
        found.append(Write(item.table, item.columns, path, len(item.rows), item.disposition))
    return found
