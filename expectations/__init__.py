"""Expectations: the two borders of the warehouse, checked with Great Expectations.

Belongs here: what must be true of raw tables before models are built and of marts before they are published
(`suites/`, one file per table), running that against DuckDB, and the table and page the results become.
Does not belong here: tests of a model's logic, keys and relationships (dbt), rejecting single source rows
(`ingestion/`), or when a gate runs (`orchestration/`).

Use `expectations.run(site, paths, stage)`. Great Expectations itself is imported only while a gate runs: it
costs seconds and hundreds of megabytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from expectations.gate import run
    from expectations.results import CheckResult, GateResult

__all__ = ["CheckResult", "GateResult", "run"]


def __getattr__(name: str) -> object:
    if name == "run":
        from expectations.gate import run

        return run
    if name in {"CheckResult", "GateResult"}:
        from expectations import results

        return getattr(results, name)
    raise AttributeError(f"module 'expectations' has no attribute {name!r}")
