"""Valid warehouses, made once, and a way to ask the checks of one table.

Belongs here: fixtures of these tests. Does not belong here: what is planted (`planted`) or valid (`valid_*`).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from expectations import gx_checks, store
from expectations.parameters import Parameters
from expectations.results import CheckResult
from expectations.suites import Stage, load_suites
from ingestion.paths import Paths
from ingestion.site import Site, Source
from tests.expectations.valid_marts import build_marts
from tests.expectations.valid_raw import AS_OF, build_raw


@dataclass(frozen=True)
class Warehouse:
    """A warehouse file of a test's own, and the site it belongs to."""

    paths: Paths
    site: Site

    @property
    def file(self) -> Path:
        """The DuckDB file."""
        return self.paths.warehouse

    def execute(self, sql: str) -> list[tuple[object, ...]]:
        """Run SQL with a writing connection that is closed again."""
        with duckdb.connect(str(self.file), config={"threads": 1}) as connection:
            return connection.execute(sql).fetchall()

    def ask(
        self, stage: Stage, table: str, wanted: Callable[[str], bool] = lambda check: True
    ) -> list[CheckResult]:
        """Return the results of the wanted checks of one table, by name, shared ones included."""
        assert self.site.as_of is not None
        suites = [
            replace(suite, checks=tuple(check for check in suite.checks if wanted(check.name)))
            for suite in load_suites(stage)
            if suite.is_shared or suite.table == table
        ]
        with gx_checks.connect(self.file, threads=1) as connection:
            return list(connection.ask(table, suites, Parameters(self.site, self.site.as_of)))


@pytest.fixture(scope="session")
def valid_raw(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Site]:
    """A raw schema in which every check passes."""
    folder = tmp_path_factory.mktemp("valid_raw")
    file = folder / "warehouse.duckdb"
    build_raw(file)
    store.prepare(file)
    return file, _site(folder, datetime.fromisoformat(f"{AS_OF}+00:00"), "desk")


@pytest.fixture(scope="session")
def valid_marts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Site]:
    """Marts in which every check passes, made by the reference."""
    folder = tmp_path_factory.mktemp("valid_marts")
    file = folder / "warehouse.duckdb"
    as_of = build_marts(file, folder / "site", seed=2)
    store.prepare(file)
    return file, _site(folder, as_of, "one")


@pytest.fixture
def copy_of(tmp_path: Path) -> Iterator[Callable[[tuple[Path, Site]], Warehouse]]:
    """Copy a valid warehouse so that a test can break it."""

    def copy(valid: tuple[Path, Site]) -> Warehouse:
        paths = Paths(tmp_path)
        shutil.copyfile(valid[0], paths.warehouse)
        return Warehouse(paths, valid[1])

    yield copy


def _site(folder: Path, as_of: datetime, source: str) -> Site:
    return Site(
        name="test",
        folder=folder,
        timezone="Europe/Berlin",
        as_of=as_of,
        sources=(Source(source, "canonical_files", str(folder)),),
    )
