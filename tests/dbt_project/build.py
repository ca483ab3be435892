"""Loads a site and builds the dbt project on it, in this process, in a data folder of its own.

Belongs here: what every test of a built warehouse needs. Does not belong here: expectations of any mart.
The project is parsed once per process; a build of a small site then takes a few seconds.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"

# The marts of tickets and SLAs with all they rest on: what tests of the engine need of the project.
ENGINE = ("+path:models/marts/core", "+path:models/marts/sla", "+int_build_state")

# Random sites hold statuses that nothing maps, on purpose (A40).
BREAKS_ON_RANDOM_SITES = ("each_status_is_mapped",)


def load(site: Path, data_dir: Path) -> None:
    """Load the files of a site folder into the warehouse of a data folder."""
    from ingestion.load import load as load_site_files
    from ingestion.paths import Paths
    from ingestion.site import load_site

    load_site_files(load_site(site), Paths(data_dir))


def build(
    site: Path,
    data_dir: Path,
    *,
    as_of: datetime | str | None = None,
    variables: Mapping[str, Any] | None = None,
    select: Sequence[str] = (),
    exclude: Sequence[str] = BREAKS_ON_RANDOM_SITES,
    full_refresh: bool = False,
    data_tests: bool = True,
) -> dict[str, str]:
    """Run `dbt build` without unit tests on a loaded site and return dbt's status of every node by its name.

    `as_of` (aware, or ISO 8601 with offset) is by default the site's; `variables` are added to the vars every
    build gets. Raises AssertionError with dbt's messages if a model or a data test fails.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest

    manifest = Manifest.from_msgpack(_parsed())
    manifest.build_flat_graph()
    arguments = [
        "build",
        *_locations(data_dir / "dbt"),
        "--vars",
        json.dumps(_variables(site, as_of, variables)),
    ]
    left_out = ["unit_test"] if data_tests else ["unit_test", "test"]
    arguments += [part for kind in left_out for part in ("--exclude-resource-type", kind)]
    # Of a part, only the tests whose models are all in it.
    arguments += ["--select", *select, "--indirect-selection", "cautious"] if select else []
    arguments += ["--exclude", *exclude] if exclude else []
    arguments += ["--full-refresh"] if full_refresh else []
    with _data_dir(data_dir):
        try:
            outcome = dbtRunner(manifest=manifest).invoke(arguments)
        finally:
            DuckDBConnectionManager.close_all_connections()
    assert outcome.exception is None, outcome.exception
    results = {result.node.name: result for result in _node_results(outcome)}
    failed = [
        f"{n}: {r.status} {r.message}" for n, r in results.items() if r.status in ("error", "fail", "skipped")
    ]
    assert not failed, "\n".join(failed)
    return {name: str(result.status) for name, result in results.items()}


def run_unit_tests(data_dir: Path) -> dict[str, tuple[str, str]]:
    """Run all dbt unit tests on a built warehouse and return status and message of each by its name."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest

    manifest = Manifest.from_msgpack(_parsed())
    manifest.build_flat_graph()
    arguments = ["test", "--select", "test_type:unit", *_locations(data_dir / "dbt")]
    with _data_dir(data_dir):
        try:
            outcome = dbtRunner(manifest=manifest).invoke(arguments)
        finally:
            DuckDBConnectionManager.close_all_connections()
    assert outcome.exception is None, outcome.exception
    return {r.node.name: (str(r.status), str(r.message)) for r in _node_results(outcome)}


def _node_results(outcome: Any) -> list[Any]:
    """The results of models and tests; dbt lists the project's hooks among them."""
    return [result for result in outcome.result.results if result.node.resource_type != "operation"]


@contextmanager
def warehouse(data_dir: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The built warehouse for reading, in UTC."""
    connection = duckdb.connect(str(data_dir / "warehouse.duckdb"), read_only=True)
    try:
        connection.execute("set TimeZone = 'UTC'")
        yield connection
    finally:
        connection.close()


def rows(data_dir: Path, query: str) -> list[dict[str, Any]]:
    """The rows of a query on the built warehouse, by column name."""
    with warehouse(data_dir) as connection:
        found = connection.execute(query)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, values, strict=True)) for values in found.fetchall()]


def _variables(site: Path, as_of: datetime | str | None, more: Mapping[str, Any] | None) -> dict[str, Any]:
    from ingestion.site import load_site

    described = load_site(site)
    instant = datetime.fromisoformat(as_of) if isinstance(as_of, str) else as_of or described.as_of
    assert instant is not None and instant.tzinfo is not None, "as_of needs an offset"
    return {
        "as_of": instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),
        "site_timezone": described.timezone or "UTC",
        "site_name": described.name,
        **(more or {}),
    }


@cache
def _parsed() -> bytes:
    """The parsed project, as dbt packs it."""
    from dbt.cli.main import dbtRunner

    with TemporaryDirectory() as folder, _data_dir(Path(folder)):
        outcome = dbtRunner().invoke(["parse", *_locations(Path(folder))])
        assert outcome.success, outcome.exception
        return (Path(folder) / "target" / "partial_parse.msgpack").read_bytes()


def _locations(folder: Path) -> list[str]:
    return [
        *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
        *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs")),
        *("--log-level", "none", "--log-level-file", "info"),
        # nothing here reads the manifest that every build would write for seconds
        *("--no-version-check", "--no-send-anonymous-usage-stats", "--no-write-json"),
    ]


@contextmanager
def _data_dir(folder: Path) -> Iterator[None]:
    """Tell dbt's profile which data folder is meant, for as long as dbt runs."""
    before = os.environ.get("DATA_DIR")
    os.environ["DATA_DIR"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["DATA_DIR"]
        else:
            os.environ["DATA_DIR"] = before
