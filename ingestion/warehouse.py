"""The build file as ingestion sees it: what it holds, and writing to it through dlt.

Belongs here: the ledger of files, load packages, finishing what an earlier run left, quarantine views.
Does not belong here: what to write (`ingestion.load`, `ingestion.merging`).

Everything one load writes, its ledger and its report too, is one dlt package. A run that was killed before
the package was complete has written nothing; one killed later is finished from the package by the next run.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingestion.contracts import Entity
from ingestion.paths import Paths
from ingestion.typing_sql import literal, quoted

if TYPE_CHECKING:
    import duckdb

SCHEMA = "raw"
PIPELINE = "ingestion"
STORAGE_VERSION = "v1.4.0"

LEDGER = "source_files"
REPORT = "load_report"
QUARANTINE = "quarantined_rows"
REFERENCES = "source_references"
OFFSETS = "timezone_offsets"
LEFT = "tickets_left_by_events"
KEYS = "pseudonym_keys"

LEDGER_COLUMNS = {
    "source_id": "VARCHAR",
    "entity": "VARCHAR",
    "file": "VARCHAR",
    "size": "BIGINT",
    "modified": "VARCHAR",
    "content_hash": "VARCHAR",
    "declaration": "VARCHAR",
    "read": "BIGINT",
    "quarantined": "BIGINT",
    "load_no": "BIGINT",
}
REPORT_COLUMNS = {
    "load_no": "BIGINT",
    "loaded_at": "TIMESTAMP",
    "source_id": "VARCHAR",
    "entity": "VARCHAR",
    "file": "VARCHAR",
    "read": "BIGINT",
    "loaded": "BIGINT",
    "quarantined": "BIGINT",
    "duplicates": "BIGINT",
}
QUARANTINE_COLUMNS = {
    "source_id": "VARCHAR",
    "entity": "VARCHAR",
    "file": "VARCHAR",
    "line": "BIGINT",
    "column_name": "VARCHAR",
    "reason": "VARCHAR",
    "value": "VARCHAR",
    "record": "VARCHAR",
    "load_no": "BIGINT",
}
REFERENCE_COLUMNS = {"source_id": "VARCHAR", "reference": "VARCHAR", "refers_to_source_id": "VARCHAR"}
OFFSET_COLUMNS = {
    "timezone": "VARCHAR",
    "utc_from": "TIMESTAMP",
    "utc_to": "TIMESTAMP",
    "offset_seconds": "BIGINT",
}

LEFT_COLUMNS = {"source_id": "VARCHAR", "ticket_id": "VARCHAR", "load_no": "BIGINT"}
# One row: the fingerprint of the key that made the pseudonyms of the other tables.
KEY_COLUMNS = {"fingerprint": "VARCHAR", "load_no": "BIGINT"}

_DLT_TYPES: dict[str, dict[str, Any]] = {
    "VARCHAR": {"data_type": "text"},
    "TIMESTAMP": {"data_type": "timestamp", "timezone": False, "precision": 6},
    "DATE": {"data_type": "date"},
    "BOOLEAN": {"data_type": "bool"},
    "BIGINT": {"data_type": "bigint"},
    "DOUBLE": {"data_type": "double"},
}


@dataclass(frozen=True)
class Write:
    """Rows for one raw table: a Parquet file with exactly `columns`; `disposition` append, merge (by `key`)
    or replace.
    """

    table: str
    columns: Mapping[str, str]
    path: Path
    rows: int
    disposition: str
    key: tuple[str, ...] = ()


def tables(connection: duckdb.DuckDBPyConnection, catalog: str) -> set[str]:
    """Return the names of the raw tables in an attached warehouse."""
    rows = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = ? AND schema_name = ?",
        [catalog, SCHEMA],
    ).fetchall()
    return {str(name) for (name,) in rows}


def has_views(connection: duckdb.DuckDBPyConnection, catalog: str, entities: Sequence[Entity]) -> bool:
    """Whether an attached warehouse has the quarantine views of all entities."""
    rows = connection.execute(
        "SELECT view_name FROM duckdb_views() WHERE database_name = ? AND schema_name = 'quarantine'",
        [catalog],
    ).fetchall()
    return {entity.name for entity in entities} <= {str(name) for (name,) in rows}


def as_parquet(
    connection: duckdb.DuckDBPyConnection,
    rows: Sequence[tuple[Any, ...]],
    columns: Mapping[str, str],
    path: Path,
) -> None:
    """Write a few rows of Python values to a Parquet file with the given DuckDB types."""
    import pyarrow as pa

    kinds = {
        "VARCHAR": pa.string(),
        "BIGINT": pa.int64(),
        "TIMESTAMP": pa.timestamp("us"),
        "BOOLEAN": pa.bool_(),
    }
    schema = pa.schema([(name, kinds[kind]) for name, kind in columns.items()])
    listed = list(zip(*rows, strict=True)) if rows else [() for _ in columns]
    table = pa.table(
        [pa.array(values, type=f.type) for values, f in zip(listed, schema, strict=True)], schema=schema
    )
    connection.register("few_rows", table)
    connection.execute(f"COPY (SELECT * FROM few_rows) TO {literal(str(path))} (FORMAT parquet)")
    connection.unregister("few_rows")


def empty_parquet(connection: duckdb.DuckDBPyConnection, columns: Mapping[str, str], path: Path) -> None:
    """Write a Parquet file without rows."""
    nothing = ", ".join(f"CAST(NULL AS {kind}) AS {quoted(name)}" for name, kind in columns.items())
    connection.execute(f"COPY (SELECT {nothing} LIMIT 0) TO {literal(str(path))} (FORMAT parquet)")


def _pipeline(paths: Paths) -> Any:
    # Read by dlt: it is to send nothing anywhere, to say only what is wrong, and to keep no second copy of
    # rows, in which text erased later would live on.
    os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
    os.environ.setdefault("RUNTIME__LOG_LEVEL", "ERROR")
    os.environ.setdefault("LOAD__DELETE_COMPLETED_JOBS", "true")
    import dlt
    from dlt.destinations.impl.duckdb.configuration import DuckDbCredentials

    return dlt.pipeline(
        pipeline_name=PIPELINE,
        pipelines_dir=str(paths.dlt),
        destination=dlt.destinations.duckdb(
            # Rows have no order; keeping that of the files leaves pieces that the checkpoint writes again.
            DuckDbCredentials(str(paths.warehouse), global_config={"preserve_insertion_order": False})
        ),
        dataset_name=SCHEMA,
    )


def write(paths: Paths, writes: Sequence[Write]) -> None:
    """Load one package; when this returns, all of it is in the warehouse."""
    pipeline = _pipeline(paths)
    import dlt

    def resource(item: Write) -> Any:
        def rows() -> Iterator[Any]:
            yield dlt.mark.with_file_import(str(item.path), "parquet", item.rows)

        disposition: Any = item.disposition
        columns: Any = {name: {"name": name, **_DLT_TYPES[kind]} for name, kind in item.columns.items()}
        if item.disposition == "merge":
            disposition = {"disposition": "merge", "strategy": "delete-insert"}
        return dlt.resource(
            rows,
            name=item.table,
            columns=columns,
            write_disposition=disposition,
            primary_key=list(item.key) if item.disposition == "merge" else [],
        )()

    paths.warehouse.parent.mkdir(parents=True, exist_ok=True)
    _create(paths)
    pipeline.run([resource(item) for item in writes])
    _forget_loaded(paths)


def _create(paths: Paths) -> None:
    """Make the build file, if there is none, in a storage format that takes texts faster than DuckDB's
    default, which any old version could read.
    """
    import duckdb

    if not paths.warehouse.is_file():
        with duckdb.connect() as connection:
            at = literal(str(paths.warehouse))
            connection.execute(f"ATTACH {at} AS fresh (STORAGE_VERSION '{STORAGE_VERSION}'); DETACH fresh")


def recover(paths: Paths) -> bool:
    """Finish a package that a killed run left; return whether there was one.

    A run killed between a job's commit and dlt's note of it makes dlt run the job again: rows that an
    append wrote twice are the same to the last value, and one of them is taken away.
    """
    home = paths.dlt / PIPELINE
    if not home.is_dir():
        return False
    if not paths.warehouse.is_file():
        # The warehouse was removed to start anew: what dlt remembers of it would be wrong.
        shutil.rmtree(home)
        return False
    pending = ("normalize/extracted", "load/new", "load/normalized")
    if not any((home / stage).is_dir() and any((home / stage).iterdir()) for stage in pending):
        return False
    pipeline = _pipeline(paths)
    if not pipeline.has_pending_data:
        return False
    pipeline.normalize()
    pipeline.load()
    _drop_repeated(paths)
    _forget_loaded(paths)
    return True


def _forget_loaded(paths: Paths) -> None:
    """Remove what dlt keeps of finished packages: the load report says more."""
    shutil.rmtree(paths.dlt / PIPELINE / "load" / "loaded", ignore_errors=True)
    (paths.dlt / PIPELINE / "load" / "loaded").mkdir(parents=True, exist_ok=True)


def _drop_repeated(paths: Paths) -> None:
    import duckdb

    with duckdb.connect(str(paths.warehouse)) as connection:
        name = connection.execute("SELECT current_database()").fetchone()
        for table in sorted(tables(connection, str(name[0]) if name else "")):
            if table.startswith("_dlt"):
                continue
            at = f"{SCHEMA}.{quoted(table)}"
            # By hash first: whole rows are compared only where they may be the same.
            repeated = f"SELECT hash(t) FROM {at} t GROUP BY ALL HAVING count(*) > 1"
            numbered = (
                f"SELECT rowid AS r, row_number() OVER (PARTITION BY t ORDER BY rowid) AS n FROM {at} t"
            )
            connection.execute(
                f"DELETE FROM {at} WHERE rowid IN (SELECT r FROM ({numbered} WHERE hash(t) IN ({repeated}))"
                " WHERE n > 1)"
            )


def make_views(paths: Paths, entities: Sequence[Entity]) -> None:
    """Make the views `quarantine.<entity>`."""
    import duckdb

    with duckdb.connect(str(paths.warehouse)) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS quarantine")
        for entity in entities:
            shown = f"SELECT {', '.join(QUARANTINE_COLUMNS)} FROM {SCHEMA}.{QUARANTINE}"
            connection.execute(
                f"CREATE OR REPLACE VIEW quarantine.{quoted(entity.name)} AS {shown}"
                f" WHERE entity = {literal(entity.name)}"
            )
