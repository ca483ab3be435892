"""What a build rests on, and the instant it was made for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import duckdb

from ingestion.paths import Paths
from ingestion.site import Site
from orchestration.build_state import build_inputs, built_as_of
from orchestration.settings import RunSettings


def _loaded(paths: Paths, files: list[str]) -> None:
    paths.data_dir.mkdir(exist_ok=True)
    with duckdb.connect(str(paths.warehouse)) as connection:
        connection.execute("create schema if not exists raw")
        connection.execute("create or replace table raw.load_report as select 1 as load_no")
        connection.execute(
            "create or replace table raw.source_files as select 's' as source_id, 'holidays' as entity,"
            " unnest(?) as file, 'h' as content_hash, 1 as load_no",
            [files],
        )


def test_a_file_that_is_gone_changes_what_a_build_rests_on(paths: Paths, site: Site) -> None:
    settings = RunSettings(site, paths)
    (site.folder / "site.yml").write_text("site: north")
    _loaded(paths, ["holidays.csv", "more.csv"])
    before = build_inputs(settings, "project")
    _loaded(paths, ["holidays.csv", "more.csv"])
    assert build_inputs(settings, "project") == before
    # The report of loads is as it was: nothing was read.
    _loaded(paths, ["holidays.csv"])
    assert build_inputs(settings, "project") != before


def test_the_site_file_may_have_any_name(paths: Paths, site: Site) -> None:
    _loaded(paths, ["holidays.csv"])
    (site.folder / "prod.yml").write_text("site: north")
    settings = RunSettings(replace(site, file_name="prod.yml"), paths)
    before = build_inputs(settings, "project")
    (site.folder / "prod.yml").write_text("site: north\nmax_quarantine_rate: 0.5")
    assert build_inputs(settings, "project") != before


def test_marts_are_of_the_instant_they_were_built_for(paths: Paths) -> None:
    paths.data_dir.mkdir()
    with duckdb.connect(str(paths.warehouse)) as connection:
        connection.execute("create schema intermediate")
        connection.execute(
            "create table intermediate.int_build_state as"
            " select epoch_us(timestamp '2026-06-29 06:00:00.5') as as_of_us"
        )
    assert built_as_of(paths) == datetime(2026, 6, 29, 6, 0, 0, 500000, tzinfo=UTC)
