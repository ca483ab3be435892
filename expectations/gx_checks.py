"""Asking Great Expectations: one read-only connection, one context, one batch per table.

Belongs here: everything that touches Great Expectations. It is imported inside functions only. Does not
belong here: which checks there are (`suites`) or what becomes of the answers (`gate`, `store`, `page`).

Checks are asked one by one rather than as a suite: an answer costs milliseconds either way, and so each has
its own time and one that breaks does not touch the others.
"""

from __future__ import annotations

import gc
import logging
import os
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from expectations import duckdb_dialect
from expectations.parameters import Parameters, Table
from expectations.results import SAMPLE_ROWS, CheckResult, errored, read_check
from expectations.suites import Check, Suite, SuiteError

# In GX's words; its own report is not used, but a result exported from here should still say what mattered.
_GX_SEVERITY = {"blocking": "critical", "warning": "warning"}
_TABLES = """
    select table_schema || '.' || table_name, column_name, data_type from information_schema.columns
    where table_catalog = current_database() order by table_schema, table_name, ordinal_position
"""
# What the yml of the marts declares, as the build wrote it down.
_DICTIONARY = "marts.dim_metric"
_GRAINS = f"select 'marts.' || mart, column_name from {_DICTIONARY} where is_grain order by mart, column_no"


def import_great_expectations() -> float:
    """Import the library without analytics and return the seconds it took (next to none the second time)."""
    started = time.perf_counter()
    # Read at import: no run may call home.
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    was_enabled = gc.isenabled()
    # Nothing an import makes is garbage; looking for some takes a tenth of its time.
    gc.disable()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import great_expectations.expectations  # noqa: F401
    finally:
        if was_enabled:
            gc.enable()
    return time.perf_counter() - started


def build_expectation(check: Check, arguments: dict[str, Any]) -> Any:
    """Return the check as an expectation. Raises `SuiteError` for an unknown expectation or argument."""
    import great_expectations.expectations as gxe
    from great_expectations.expectations.metadata_types import FailureSeverity

    kind = getattr(gxe, check.expectation, None)
    if not isinstance(kind, type) or not issubclass(kind, gxe.Expectation):
        raise SuiteError(f"{check.name}: expectation: {check.expectation!r} is not one of Great Expectations")
    try:
        return kind(**arguments, severity=FailureSeverity(_GX_SEVERITY[check.severity]))
    except ValueError as error:  # pydantic's: an unknown, missing or wrongly typed argument
        raise SuiteError(f"{check.name}: arguments: {error}") from error


class Connection:
    """A read-only look at one warehouse file through Great Expectations."""

    def __init__(self, datasource: Any) -> None:
        self._datasource = datasource
        self.tables = self._read_tables()

    def _read_tables(self) -> dict[str, Table]:
        import sqlalchemy

        columns: dict[str, dict[str, str]] = {}
        grains: dict[str, list[str]] = {}
        with self._datasource.get_engine().connect() as connection:
            for name, column, kind in connection.execute(sqlalchemy.text(_TABLES)).fetchall():
                columns.setdefault(name, {})[column] = kind
            if {"mart", "column_name", "column_no", "is_grain"} <= columns.get(_DICTIONARY, {}).keys():
                for name, column in connection.execute(sqlalchemy.text(_GRAINS)).fetchall():
                    grains.setdefault(name, []).append(column)
        return {name: Table(name, found, tuple(grains.get(name, ()))) for name, found in columns.items()}

    def ask(self, table: str, suites: Sequence[Suite], parameters: Parameters) -> Iterator[CheckResult]:
        """Yield one result per check of the suites on the table; whatever goes wrong is an errored result."""
        asset = self._datasource.add_query_asset(table, query=f"select * from {table}")
        batch = asset.add_batch_definition_whole_table("all").get_batch()
        known = self.tables.get(table) or Table(table, {})
        for suite in suites:
            for check in suite.checks:
                if not suite.is_shared or known.is_subject_of(check):
                    yield self._ask_one(batch, check, known, suite.key, parameters)

    def _ask_one(
        self, batch: Any, check: Check, table: Table, key: tuple[str, ...], parameters: Parameters
    ) -> CheckResult:
        checked_at, started = datetime.now(UTC), time.perf_counter()
        try:
            if not table.columns:
                raise SuiteError(f"the warehouse has no table {table.name}")
            expectation = build_expectation(check, parameters.apply(check, table))
            answer = batch.validate(expectation, result_format=_result_format(check, key)).to_json_dict()
        except Exception as error:  # a gate reports every check, also one that breaks in a new way
            return errored(check, table.name, error, checked_at, time.perf_counter() - started)
        return read_check(check, table.name, answer, checked_at, time.perf_counter() - started)


def _result_format(check: Check, key: tuple[str, ...]) -> dict[str, Any]:
    """Ask for a handful of rows, never for all: COMPLETE is bounded for SQL checks only."""
    if check.expectation == "UnexpectedRowsExpectation":
        return {"result_format": "COMPLETE"}
    return {
        "result_format": "SUMMARY",
        "partial_unexpected_count": SAMPLE_ROWS,
        "unexpected_index_column_names": list(key),
    }


@contextmanager
def connect(warehouse: Path, *, threads: int = 2) -> Iterator[Connection]:
    """Open the warehouse read-only; on leaving, every handle on the file is closed, whatever happened.

    DuckDB refuses a writing handle while the same process still holds a reading one.
    """
    import_great_expectations()
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    duckdb_dialect.register()
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
        # `kwargs` goes to SQLAlchemy; the stub file of the library does not know it.
        datasource = context.data_sources.add_sql(  # type: ignore[call-arg]
            "warehouse",
            connection_string=f"{duckdb_dialect.DRIVER}:///{warehouse}",
            create_temp_table=False,
            kwargs={"connect_args": {"read_only": True, "config": {"threads": threads}}},
        )
        try:
            yield Connection(datasource)
        finally:
            # Two engines: the data source tests its connection with one, checks run through the other.
            for engine in (datasource.get_engine(), datasource.get_execution_engine().engine):
                engine.dispose()
