"""What the models were last built on: with unchanged inputs there is nothing to build.

Belongs here: what a build depends on, and the record of it, kept in the build file itself so that the two
can't part. Does not belong here: building (`orchestration.dbt_assets`) or a model's own incremental state.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta

import duckdb

from ingestion.paths import Paths
from orchestration.settings import RunSettings

_RECORD = "orchestration.completed_build"
_PUBLICATIONS = "orchestration.publications"
_NEVER = "1970-01-01 00:00:00"
_FILES = """
    select max(load_no), count(*), (
        select md5(string_agg(
            concat_ws('|', source_id, entity, file, content_hash, load_no), chr(10)
            order by source_id, entity, file
        ))
        from raw.source_files
    )
    from raw.load_report
"""


def build_inputs(settings: RunSettings, project: str) -> str:
    """Return a digest of all that a build depends on; `project` is the dbt project's fingerprint.

    What was loaded is told by the loader's books: the report of all loads, and the files that stand, since
    the removal of a reference file is not reported as anything read.
    """
    with duckdb.connect(str(settings.paths.warehouse), read_only=True) as connection:
        [files] = connection.execute(_FILES).fetchall()
    site_file = (settings.site.folder / settings.site.file_name).read_bytes()
    parts = [project, settings.dbt_variables, hashlib.sha256(site_file).hexdigest(), *files]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def completed_inputs(paths: Paths) -> str | None:
    """Return the inputs of the last completed build, None if there is none or a later one broke off."""
    with duckdb.connect(str(paths.warehouse), read_only=True) as connection:
        try:
            row = connection.execute(f"select inputs from {_RECORD}").fetchone()
        except duckdb.CatalogException:
            return None
    return str(row[0]) if row else None


def built_as_of(paths: Paths) -> datetime:
    """Return the instant (UTC) that the marts describe, as the build itself wrote it down.

    Not that of whichever run asks: a run may publish what an earlier one built. Raises
    `duckdb.CatalogException` if no build ever came to its end.
    """
    with duckdb.connect(str(paths.warehouse), read_only=True) as connection:
        [(micros,)] = connection.execute("select as_of_us from intermediate.int_build_state").fetchall()
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(micros))


def was_built_by_run(paths: Paths) -> bool:
    """False if somebody built by hand, or a selection, since the last run of the whole graph.

    The marts may then describe different instants, and no incremental build would notice.
    """
    with duckdb.connect(str(paths.warehouse), read_only=True) as connection:
        try:
            return connection.execute("select built_by from intermediate.last_builder").fetchall() == [
                ("run",)
            ]
        except duckdb.CatalogException:
            return False


def forget_build(paths: Paths) -> None:
    """Before a build: whatever becomes of it, the last one no longer stands."""
    with duckdb.connect(str(paths.warehouse)) as connection:
        connection.execute("create schema if not exists orchestration")
        connection.execute(f"create or replace table {_RECORD} (inputs varchar not null)")


def record_build(paths: Paths, inputs: str) -> None:
    """After a build without failures: remember what it was built on."""
    with duckdb.connect(str(paths.warehouse)) as connection:
        connection.execute(f"insert into {_RECORD} values (?)", [inputs])


def record_publication(paths: Paths, as_of: datetime) -> None:
    """Before the marts of `as_of` (aware) are published: what they record of closed periods now stands.

    Before and not after, because a kill in between must not let a published figure be taken again.
    """
    with duckdb.connect(str(paths.warehouse)) as connection:
        connection.execute("create schema if not exists orchestration")
        connection.execute(f"create table if not exists {_PUBLICATIONS} (as_of timestamp not null)")
        connection.execute(
            f"insert into {_PUBLICATIONS} values (?)", [as_of.astimezone(UTC).replace(tzinfo=None)]
        )


def published_as_of(paths: Paths) -> str:
    """Return the latest `as_of` ever published from this build file, as naive UTC text; 1970 if none."""
    with duckdb.connect(str(paths.warehouse), read_only=True) as connection:
        try:
            [(latest,)] = connection.execute(f"select max(as_of) from {_PUBLICATIONS}").fetchall()
        except duckdb.CatalogException:
            return _NEVER
    return str(latest) if latest else _NEVER
