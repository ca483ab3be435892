"""The gate: all suites of one stage, asked, kept and shown.

Belongs here: the order of things, and that no handle on the warehouse is left open. Does not belong here:
what a caller does with a closed gate (`orchestration/` publishes nothing, the command line exits with 1).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from expectations import gx_checks, page, store
from expectations.parameters import Parameters
from expectations.results import CheckResult, GateResult
from expectations.suites import Stage, Suite, load_suites
from ingestion.paths import Paths
from ingestion.site import Site

# Never part of a stage: dlt's own bookkeeping.
_INTERNAL_PREFIX = "_dlt_"


class NoWarehouseError(FileNotFoundError):
    """There is no warehouse file to check."""


def require_warehouse(paths: Paths) -> None:
    """Raise `NoWarehouseError` if there is nothing to check."""
    if not paths.warehouse.is_file():
        raise NoWarehouseError(
            f"{paths.warehouse}: no warehouse yet; load the site first: .venv/bin/python -m ingestion"
        )


def run(
    site: Site,
    paths: Paths,
    stage: Stage,
    *,
    run_id: str | None = None,
    as_of: datetime | None = None,
    suites: Sequence[Suite] | None = None,
    progress: Callable[[str], None] | None = None,
) -> GateResult:
    """Check one border and keep the results as table, page and JSON.

    `as_of` is aware and defaults to the site's, else to now; `suites` defaults to the stage's files;
    `progress` is called with a line of text before each table. Every handle on the warehouse is closed on
    return. Raises `NoWarehouseError` if there is no warehouse and `SuiteError` if a suite file is wrong.
    """
    started = time.perf_counter()
    require_warehouse(paths)
    chosen = load_suites(stage) if suites is None else tuple(suites)
    as_of = as_of or site.as_of or datetime.now(UTC)
    store.prepare(paths.warehouse)
    import_seconds = gx_checks.import_great_expectations()
    results, tables = _ask(paths.warehouse, stage, chosen, Parameters(site, as_of), progress)
    gate = GateResult(
        site=site.name, stage=stage, run_id=run_id or _new_run_id(started_at=datetime.now(UTC)), as_of=as_of,
        results=results, seconds=time.perf_counter() - started, import_seconds=import_seconds,
        page=paths.reports / "expectations.html", report=paths.reports / f"expectations_{stage}.json",
        tables=tables,
    )  # fmt: skip
    store.keep(paths.warehouse, gate)
    paths.reports.mkdir(parents=True, exist_ok=True)
    page.write(paths.reports / "expectations.html", store.latest_results(paths.warehouse))
    gate = replace(gate, seconds=time.perf_counter() - started)
    (paths.reports / f"expectations_{stage}.json").write_text(gate.to_json(), encoding="utf-8")
    return gate


def _ask(
    warehouse: Path,
    stage: Stage,
    suites: Sequence[Suite],
    parameters: Parameters,
    progress: Callable[[str], None] | None,
) -> tuple[tuple[CheckResult, ...], tuple[str, ...]]:
    """Return all results, and the tables of the stage that exist."""
    results: list[CheckResult] = []
    with gx_checks.connect(warehouse) as connection:
        present = tuple(
            table
            for table in connection.tables
            if table.startswith(f"{stage}.") and not table.split(".")[1].startswith(_INTERNAL_PREFIX)
        )
        for table, chosen in _plan(suites, present).items():
            if progress:
                progress(f"Checking {table} …")
            results.extend(connection.ask(table, chosen, parameters))
    return tuple(results), present


def _plan(suites: Sequence[Suite], present: Sequence[str]) -> dict[str, list[Suite]]:
    """Return the suites of every table that has its own, or is there for the shared ones."""
    own = {suite.table: suite for suite in suites if not suite.is_shared}
    shared = [suite for suite in suites if suite.is_shared]
    tables = sorted({*own, *(present if shared else ())})
    return {
        table: [*([own[table]] if table in own else []), *(shared if table in present else [])]
        for table in tables
    }


def _new_run_id(started_at: datetime) -> str:
    return started_at.strftime("%Y%m%dT%H%M%S.%f")
