"""Publishes the marts: a new DuckDB file beside the served one, renamed into place in one step.

Belongs here: what the published file holds, its manifest, and that a reader never sees an unfinished one.
Does not belong here: deciding whether to publish (the gates do) and Dagster (`orchestration.assets`).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from ingestion.paths import Paths
from ingestion.site import Site
from orchestration.suppression import SuppressionError, as_published, grains

# BI drivers lag behind DuckDB: an older storage format is read by every version since.
STORAGE_VERSION = "v1.4.0"
SCHEMA = "marts"
# The name dbt builds under: views in the build file name their tables by it.
BUILD = "warehouse"
# A second name of the same file. DuckDB calls a database by its file: in `marts.duckdb` it cannot tell
# whether `marts.fct_tickets` starts with the database or the schema and refuses it; BI tools write just that.
BI_NAME = "creator_support.duckdb"
MANIFEST = "publication"


class PublishError(RuntimeError):
    """The marts cannot be published; the served file is as it was."""


@dataclass(frozen=True)
class Mart:
    """One published table; `content_hash` does not depend on the order of its rows."""

    name: str
    rows: int
    content_hash: str


@dataclass(frozen=True)
class Description:
    """What a mart is, and by name what its columns are."""

    text: str
    columns: Mapping[str, str] = field(default_factory=dict)


Descriptions = Mapping[str, Description]

MANIFEST_DESCRIPTION = Description(
    "One row per mart of this file: which publication it is from, and what it holds.",
    {
        "published_at": "When this file was written (UTC). The same in every row.",
        "as_of": "The instant the marts describe: nothing later has happened. The same in every row.",
        "site": "Site whose marts these are (site of site.yml). The same in every row.",
        "run_id": "Run that published, as Dagster calls it. The same in every row.",
        "mart": "Name of the table in this schema.",
        "rows": "Number of its rows, those whose numbers are left out included.",
        "content_hash": (
            "Hash of its rows, column names and types; not of the order of rows or columns, and of ten digits"
            " of floating-point numbers. The same hash is the same content."
        ),
    },
)


@dataclass(frozen=True)
class Publication:
    """What the published file says about itself. Instants are UTC; `copied`: False if only it changed."""

    file: Path
    site: str
    as_of: datetime
    published_at: datetime
    run_id: str
    marts: tuple[Mart, ...]
    copied: bool = True


def publish(
    paths: Paths, site: Site, as_of: datetime, run_id: str, descriptions: Descriptions | None = None
) -> Publication:
    """Copy all marts of the build file into a new published file and rename it into place.

    `descriptions` of marts become comments of its tables and columns. Where the served file already holds the
    same content as of the same instant, only its manifest and comments are renewed.
    Raises `PublishError` if there is nothing to publish; whatever is raised, the served file is untouched.
    """
    paths.published.parent.mkdir(parents=True, exist_ok=True)
    remove_leftovers(paths)
    served = read_publication(paths)
    with _connect() as build:
        _attach(build, paths.warehouse, BUILD, read_only=True)
        queries = _queries(build, site)
        marts = tuple(_describe(build, mart, query) for mart, query in queries.items())
    if not marts:
        raise PublishError(f"{paths.warehouse} has no table in schema {SCHEMA}: build the models first")
    publication = Publication(
        paths.published, site.name, as_of.astimezone(UTC), datetime.now(UTC), run_id, marts
    )
    if served and (served.site, served.as_of, served.marts) == (site.name, publication.as_of, marts):
        publication = replace(publication, copied=False)
        _replace_published(
            paths, lambda target: _renew(paths.published, target, publication, descriptions or {})
        )
    else:
        _replace_published(
            paths, lambda target: _copy(paths.warehouse, target, publication, queries, descriptions or {})
        )
    return publication


def read_publication(paths: Paths) -> Publication | None:
    """Return what the served file says about itself, or None where there is none or it can't be read."""
    if not paths.published.exists():
        return None
    try:
        with _connect() as connection:
            _attach(connection, paths.published, "served", read_only=True)
            rows = connection.execute(
                "select site, epoch_us(as_of), epoch_us(published_at), run_id, mart, rows, content_hash"
                f" from served.{SCHEMA}.{MANIFEST} order by mart"
            ).fetchall()
    except duckdb.Error:
        return None
    if not rows:
        return None
    site, as_of, published_at, run_id = rows[0][:4]
    marts = tuple(Mart(*row[4:]) for row in rows)
    return Publication(paths.published, site, _instant(as_of), _instant(published_at), run_id, marts)


def bi_file(paths: Paths) -> Path:
    """Where BI tools find the published file under a name that differs from its schema's."""
    return paths.published.with_name(BI_NAME)


def remove_leftovers(paths: Paths) -> None:
    """Remove unfinished files of a publication that was killed. The caller holds the build's lock."""
    for leftover in paths.published.parent.glob(f".{paths.published.name}.*"):
        leftover.unlink(missing_ok=True)


def _replace_published(paths: Paths, write: Callable[[Path], None]) -> None:
    """Let `write` make a file beside the served one, bring it to disk, and rename it over the served one."""
    target = paths.published.with_name(f".{paths.published.name}.{os.getpid()}")
    try:
        write(target)
        _sync(target)
        target.replace(paths.published)
        link = target.with_name(f"{target.name}.link")
        try:
            link.hardlink_to(paths.published)
        except OSError:  # a file system without links, such as exFAT
            shutil.copyfile(paths.published, link)
        link.replace(bi_file(paths))
        _sync(paths.published.parent)
    finally:
        remove_leftovers(paths)


def _queries(connection: duckdb.DuckDBPyConnection, site: Site) -> dict[str, str]:
    """Return by mart the SQL that gives its rows as published, small cells of minors blanked."""
    columns: dict[str, list[str]] = {}
    for table, column in connection.execute(
        f"select table_name, column_name from duckdb_columns() where database_name = '{BUILD}'"
        " and schema_name = ? and table_name != ? order by table_name, column_index",
        [SCHEMA, MANIFEST],
    ).fetchall():
        columns.setdefault(table, []).append(column)
    grain, minimum = grains(connection, f"{BUILD}.{SCHEMA}"), site.minors_minimum_cell
    try:
        return {
            mart: as_published(
                f'{BUILD}.{SCHEMA}."{mart}"', mart, names, grain.get(mart, frozenset()), minimum
            )
            for mart, names in columns.items()
        }
    except SuppressionError as error:
        raise PublishError(str(error)) from error


def _copy(
    build_file: Path,
    target: Path,
    publication: Publication,
    queries: Mapping[str, str],
    descriptions: Descriptions,
) -> None:
    with _connect() as connection:
        _attach(connection, build_file, BUILD, read_only=True)
        connection.execute(f"attach '{_quoted(target)}' as fresh (storage_version '{STORAGE_VERSION}')")
        connection.execute(f"create schema fresh.{SCHEMA}")
        for mart in publication.marts:
            connection.execute(f'create table fresh.{SCHEMA}."{mart.name}" as {queries[mart.name]}')
            [(rows,)] = connection.execute(f'select count(*) from fresh.{SCHEMA}."{mart.name}"').fetchall()
            if rows != mart.rows:
                raise PublishError(f"{mart.name}: {rows} rows copied, {mart.rows} in the build file")
        _write_manifest(connection, publication)
        _write_descriptions(connection, {**descriptions, MANIFEST: MANIFEST_DESCRIPTION})
        connection.execute("detach fresh")


def _renew(served_file: Path, target: Path, publication: Publication, descriptions: Descriptions) -> None:
    shutil.copyfile(served_file, target)
    with _connect() as connection:
        connection.execute(f"attach '{_quoted(target)}' as fresh")
        _write_manifest(connection, publication)
        _write_descriptions(connection, {**descriptions, MANIFEST: MANIFEST_DESCRIPTION})
        connection.execute("detach fresh")


def _write_manifest(connection: duckdb.DuckDBPyConnection, publication: Publication) -> None:
    connection.execute(
        f"""
        create or replace table fresh.{SCHEMA}.{MANIFEST} (
            published_at timestamptz, as_of timestamptz, site varchar, run_id varchar,
            mart varchar, rows bigint, content_hash varchar
        )"""
    )
    connection.executemany(
        f"insert into fresh.{SCHEMA}.{MANIFEST} values (?, ?, ?, ?, ?, ?, ?)",
        [
            (publication.published_at, publication.as_of, publication.site, publication.run_id,
             mart.name, mart.rows, mart.content_hash)
            for mart in publication.marts
        ],
    )  # fmt: skip


def _write_descriptions(connection: duckdb.DuckDBPyConnection, descriptions: Descriptions) -> None:
    """Say in the file what each mart and column is, where BI tools show it; only what it does not say yet."""
    connection.execute("begin transaction")
    for table, column, comment in connection.execute(
        "select table_name, null as column_name, comment from duckdb_tables()"
        " where database_name = 'fresh' and schema_name = $1"
        " union all"
        " select table_name, column_name, comment from duckdb_columns()"
        " where database_name = 'fresh' and schema_name = $1",
        [SCHEMA],
    ).fetchall():
        described = descriptions.get(table, Description(""))
        text = described.columns.get(column, "") if column else described.text
        if text != (comment or ""):
            thing = (
                f'column fresh.{SCHEMA}."{table}"."{column}"' if column else f'table fresh.{SCHEMA}."{table}"'
            )
            connection.execute(f"comment on {thing} is '{_quoted(text)}'")
    connection.execute("commit")


def _describe(connection: duckdb.DuckDBPyConnection, mart: str, query: str) -> Mart:
    """Return rows and content hash of a mart as it is published."""
    shape = sorted(row[:2] for row in connection.execute(f"describe {query}").fetchall())
    # Two aggregates that do not depend on the order of rows: the sum tells doubled rows, the xor does not
    # lose anything to overflow. Columns go in by name, so their order in the table does not matter either.
    values = ", ".join(_to_hash(column, kind) for column, kind in shape)
    [(rows, total, parity)] = connection.execute(
        f"select count(*), coalesce(sum(hash({values})::hugeint), 0), coalesce(bit_xor(hash({values})), 0)"
        f" from ({query})"
    ).fetchall()
    content = json.dumps([shape, rows, str(total), str(parity)])
    return Mart(mart, rows, hashlib.sha256(content.encode()).hexdigest()[:32])


def _to_hash(column: str, kind: str) -> str:
    """Return what of a column counts as its content: nine to ten digits of a floating-point number.

    The engine adds up in any order, so the last digits of a sum differ from one build to the next.
    x * (2^20 + 1) less the difference of that and x is x to 33 of its 53 bits (Veltkamp's splitting; Dekker,
    Numerische Mathematik 18, 1971, 5.7), without making a text of it.
    """
    if kind not in ("DOUBLE", "FLOAT"):
        return f'"{column}"'
    number = f'"{column}"::double'
    return f"({number} * {2**20 + 1}.0 - ({number} * {2**20 + 1}.0 - {number}))"


def _connect() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": min(4, os.cpu_count() or 1)})
    connection.execute("set timezone = 'UTC'")
    return connection


def _attach(connection: duckdb.DuckDBPyConnection, file: Path, name: str, *, read_only: bool) -> None:
    connection.execute(f"attach '{_quoted(file)}' as {name}{' (read_only)' if read_only else ''}")


def _quoted(text: Path | str) -> str:
    return str(text).replace("'", "''")


def _instant(microseconds: int) -> datetime:
    # Not fetched as timestamptz: DuckDB's Python client needs a further package for those.
    seconds, rest = divmod(microseconds, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
