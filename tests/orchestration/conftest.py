"""Small build files and sites for the tests of orchestration; nothing here needs Dagster."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from ingestion.paths import Paths
from ingestion.site import Site, Source

AS_OF = datetime(2026, 6, 29, 6, tzinfo=UTC)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A data folder of the test's own."""
    return Paths(tmp_path / "data")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site with one source and a file in it."""
    folder = tmp_path / "site"
    (folder / "deliveries").mkdir(parents=True)
    (folder / "site.yml").write_text("site: north\n", encoding="utf-8")
    (folder / "deliveries" / "tickets.csv").write_text("ticket_id\n1\n", encoding="utf-8")
    source = Source(name="helpdesk", connector="canonical_files", path=str(folder / "deliveries"))
    return Site(name="north", folder=folder, timezone="Europe/Dublin", as_of=AS_OF, sources=(source,))


@pytest.fixture
def warehouse(paths: Paths) -> Paths:
    """A build file with two marts, one of them a view, and a load report."""
    paths.data_dir.mkdir(parents=True)
    with duckdb.connect(str(paths.warehouse)) as build:
        build.execute(
            """
            create schema raw;
            create schema marts;
            create table raw.load_report as select 1::bigint as load_no, 'helpdesk' as source_id;
            create table marts.fct_tickets as
                select 't' || i as ticket_id, i::double as seconds,
                    timestamptz '2026-01-01 00:00:00+00' as created_at
                from range(1000) as r(i);
            create view marts.load_report as
                select source_id, count(*) as read from raw.load_report group by source_id;
            """
        )
    return paths
