"""Small simulated sites that several tests look at; written once per run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from ingestion.simulator import SimulationSummary, write_site


@dataclass
class Simulated:
    """A written site, and a connection in which every entity and truth table is a view."""

    summary: SimulationSummary
    sql: duckdb.DuckDBPyConnection

    def value(self, query: str) -> float:
        """The single value of a query."""
        row = self.sql.execute(query).fetchone()
        assert row is not None
        return row[0]


def open_site(folder: Path, summary: SimulationSummary) -> Simulated:
    """Views over all files of a written site; truth tables are called `truth_<name>`."""
    sql = duckdb.connect()
    sql.execute("set threads = 2; set timezone = 'UTC'")
    for place, prefix in ((folder / "helpdesk", ""), (folder / "truth", "truth_")):
        for entry in sorted(place.iterdir()):
            files = f"'{entry}/*.parquet'" if entry.is_dir() else f"read_csv('{entry}', all_varchar = true)"
            sql.execute(f"create view {prefix}{entry.stem} as select * from {files}")
    return Simulated(summary, sql)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    """5,000 tickets over half a year."""
    folder = tmp_path_factory.mktemp("simulated")
    opened = open_site(folder, write_site(folder, tickets=5_000, seed=3, weeks=26))
    yield opened
    opened.sql.close()


@pytest.fixture(scope="session")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    """100 tickets over two weeks, the least anyone would ask for."""
    folder = tmp_path_factory.mktemp("small")
    opened = open_site(folder, write_site(folder, tickets=100, seed=8, weeks=2))
    yield opened
    opened.sql.close()
