"""Publishing: whole or not at all, readable by others meanwhile, and honest about its content."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from datetime import timedelta

import duckdb
import pytest

from ingestion.paths import Paths
from ingestion.site import Site
from orchestration import publish as publishing
from orchestration.publish import Description, PublishError, bi_file, publish, read_publication
from tests.orchestration.conftest import AS_OF


def _query(paths: Paths, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(bi_file(paths)), read_only=True) as connection:
        return connection.execute(query).fetchall()


def _published_files(paths: Paths) -> list[str]:
    return sorted(file.name for file in paths.published.parent.iterdir())


def _change(paths: Paths, statement: str) -> None:
    with duckdb.connect(str(paths.warehouse)) as build:
        build.execute(statement)


def _hashes(paths: Paths) -> dict[str, str]:
    served = read_publication(paths)
    assert served is not None
    return {mart.name: mart.content_hash for mart in served.marts}


def test_published_file_holds_every_mart_as_a_table_and_its_manifest(warehouse: Paths, site: Site) -> None:
    publication = publish(warehouse, site, AS_OF, "run-1")
    tables = _query(warehouse, "select table_name, table_type from information_schema.tables")
    assert sorted(tables) == [
        ("fct_tickets", "BASE TABLE"),
        ("load_report", "BASE TABLE"),
        ("publication", "BASE TABLE"),
    ]
    manifest = _query(
        warehouse,
        "select site, run_id, mart, rows, epoch(as_of), length(content_hash)"
        " from marts.publication order by mart",
    )
    as_of = AS_OF.timestamp()
    assert manifest == [
        ("north", "run-1", "fct_tickets", 1000, as_of, 32),
        ("north", "run-1", "load_report", 1, as_of, 32),
    ]
    assert read_publication(warehouse) == publication
    assert _query(warehouse, "select sum(seconds) from marts.fct_tickets") == [(499500.0,)]


def test_marts_and_columns_say_what_they_are(warehouse: Paths, site: Site) -> None:
    described = {
        "fct_tickets": Description("One row per ticket; it's the core.", {"seconds": 'Seconds, "exact".'})
    }
    publish(warehouse, site, AS_OF, "run-1", described)
    assert _comments_of_marts(warehouse) == {
        ("fct_tickets", None): "One row per ticket; it's the core.",
        ("fct_tickets", "seconds"): 'Seconds, "exact".',
    }
    reworded = {"fct_tickets": Description("One row per ticket.", {"ticket_id": "Its id."})}
    assert not publish(warehouse, site, AS_OF, "run-2", reworded).copied
    assert _comments_of_marts(warehouse) == {
        ("fct_tickets", None): "One row per ticket.",
        ("fct_tickets", "ticket_id"): "Its id.",
    }


@pytest.mark.parametrize("times", [1, 2], ids=["copied", "renewed"])
def test_the_manifest_says_what_it_is(warehouse: Paths, site: Site, times: int) -> None:
    for number in range(times):
        publication = publish(warehouse, site, AS_OF, f"run-{number}")
    assert publication.copied is (times == 1)
    things = _query(
        warehouse,
        "select null, comment from duckdb_tables() where table_name = 'publication'"
        " union all"
        " select column_name, comment from duckdb_columns() where table_name = 'publication'",
    )
    assert len(things) == 8
    assert [name for name, comment in things if not comment] == []


def _comments_of_marts(paths: Paths) -> dict[tuple[str, str | None], str]:
    return {
        thing: text for thing, text in _comments(paths).items() if text and thing[0] != publishing.MANIFEST
    }


def _comments(paths: Paths) -> dict[tuple[str, str | None], str]:
    rows = _query(
        paths,
        "select table_name, null, comment from duckdb_tables() where comment is not null"
        " union all"
        " select table_name, column_name, comment from duckdb_columns() where comment is not null",
    )
    return {(table, column): comment for table, column, comment in rows}


def test_bi_tools_can_name_tables_by_schema(warehouse: Paths, site: Site) -> None:
    publish(warehouse, site, AS_OF, "run-1")
    publish(warehouse, site, AS_OF + timedelta(days=1), "run-2")
    assert bi_file(warehouse).samefile(warehouse.published)
    assert _query(warehouse, "select distinct run_id from marts.publication") == [("run-2",)]


def test_storage_format_is_the_pinned_one(warehouse: Paths, site: Site) -> None:
    publish(warehouse, site, AS_OF, "run-1")
    with duckdb.connect() as connection:
        connection.execute(f"attach '{warehouse.published}' as served (read_only)")
        [(tags,)] = connection.execute(
            "select tags from duckdb_databases() where database_name = 'served'"
        ).fetchall()
    assert tags["storage_version"].startswith(publishing.STORAGE_VERSION)


def test_content_hash_ignores_the_order_of_rows_and_columns_and_nothing_else(
    warehouse: Paths, site: Site
) -> None:
    publish(warehouse, site, AS_OF, "run-1")
    first = _hashes(warehouse)
    _change(
        warehouse,
        "create or replace table marts.fct_tickets as"
        " select created_at, seconds, ticket_id from marts.fct_tickets order by seconds desc",
    )
    publish(warehouse, site, AS_OF, "run-2")
    assert _hashes(warehouse) == first
    _change(warehouse, "update marts.fct_tickets set seconds = seconds * (1 + 1e-15)")
    publish(warehouse, site, AS_OF, "run-2")
    assert _hashes(warehouse) == first, "the last digits of a sum depend on the order of its parts"
    for statement in (
        "update marts.fct_tickets set seconds = seconds * (1 + 1e-8) where ticket_id = 't1'",
        "insert into marts.fct_tickets select * from marts.fct_tickets where ticket_id = 't7'",
        "update marts.fct_tickets set ticket_id = null where ticket_id = 't3'",
        "alter table marts.fct_tickets rename column seconds to minutes",
    ):
        before = _hashes(warehouse)["fct_tickets"]
        _change(warehouse, statement)
        publish(warehouse, site, AS_OF, "run-3")
        assert _hashes(warehouse)["fct_tickets"] != before, statement


def test_same_content_as_of_the_same_instant_only_renews_the_manifest(warehouse: Paths, site: Site) -> None:
    first = publish(warehouse, site, AS_OF, "run-1")
    second = publish(warehouse, site, AS_OF, "run-2")
    assert (first.copied, second.copied) == (True, False)
    assert second.published_at > first.published_at
    assert second.marts == first.marts
    served = read_publication(warehouse)
    assert served is not None and served.run_id == "run-2"
    assert _query(warehouse, "select count(*) from marts.fct_tickets") == [(1000,)]
    later = publish(warehouse, site, AS_OF + timedelta(days=1), "run-3")
    assert later.copied


def test_a_reader_keeps_the_file_it_opened(warehouse: Paths, site: Site) -> None:
    publish(warehouse, site, AS_OF, "run-1")
    reader = subprocess.Popen(
        [sys.executable, "-u", "-c", _READER, str(bi_file(warehouse))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert reader.stdin is not None and reader.stdout is not None
    assert reader.stdout.readline() == "1000\n"
    _change(warehouse, "delete from marts.fct_tickets where ticket_id = 't1'")
    publish(warehouse, site, AS_OF, "run-2")
    reader.stdin.write("again\n")
    reader.stdin.flush()
    assert reader.stdout.readline() == "1000\n"
    reader.stdin.close()
    assert reader.wait(20) == 0
    assert _query(warehouse, "select count(*) from marts.fct_tickets") == [(999,)]


_READER = textwrap.dedent(
    """
    import sys, duckdb
    connection = duckdb.connect(sys.argv[1], read_only=True)
    print(connection.execute("select count(*) from marts.fct_tickets").fetchone()[0])
    sys.stdin.readline()
    print(connection.execute("select count(distinct ticket_id) from marts.fct_tickets").fetchone()[0])
    """
)


def test_killed_between_writing_and_renaming_leaves_the_served_file_and_no_rubbish(
    warehouse: Paths, site: Site
) -> None:
    publish(warehouse, site, AS_OF, "run-1")
    before = warehouse.published.read_bytes()
    _change(warehouse, "delete from marts.fct_tickets where ticket_id = 't1'")
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED_PUBLISHER, str(warehouse.data_dir), str(site.folder)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert killed.returncode == -signal.SIGKILL
    assert warehouse.published.read_bytes() == before
    assert len(_published_files(warehouse)) == 3, "the kill came before the file was written"
    publish(warehouse, site, AS_OF, "run-2")
    assert _published_files(warehouse) == ["creator_support.duckdb", "marts.duckdb"]
    assert _query(warehouse, "select count(*) from marts.fct_tickets") == [(999,)]


_KILLED_PUBLISHER = textwrap.dedent(
    """
    import os, signal, sys
    from datetime import datetime, UTC
    from pathlib import Path
    from ingestion.paths import Paths
    from ingestion.site import Site
    from orchestration import publish
    publish._sync = lambda path: os.kill(os.getpid(), signal.SIGKILL)
    site = Site(name="north", folder=Path(sys.argv[2]), timezone=None, as_of=None, sources=())
    publish.publish(Paths(Path(sys.argv[1])), site, datetime.now(UTC), "killed")
    """
)


def test_an_error_while_copying_leaves_the_served_file(
    warehouse: Paths, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(warehouse, site, AS_OF, "run-1")
    before = warehouse.published.read_bytes()
    _change(warehouse, "delete from marts.fct_tickets where ticket_id = 't1'")

    def no_disk(connection: object, publication: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(publishing, "_write_manifest", no_disk)
    with pytest.raises(OSError, match="no space"):
        publish(warehouse, site, AS_OF, "run-2")
    assert warehouse.published.read_bytes() == before
    assert _published_files(warehouse) == ["creator_support.duckdb", "marts.duckdb"]


def test_nothing_to_publish_is_an_error(paths: Paths, site: Site) -> None:
    paths.data_dir.mkdir()
    duckdb.connect(str(paths.warehouse)).close()
    with pytest.raises(PublishError, match="no table in schema marts"):
        publish(paths, site, AS_OF, "run-1")
    assert not paths.published.exists()


def test_a_damaged_served_file_is_replaced(warehouse: Paths, site: Site) -> None:
    warehouse.published.parent.mkdir()
    warehouse.published.write_bytes(b"not a database")
    assert read_publication(warehouse) is None
    assert publish(warehouse, site, AS_OF, "run-1").copied
    assert read_publication(warehouse) is not None
