"""Every check of every suite notices what it is there for, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from expectations.suites import STAGES, load_suites
from ingestion.site import Site
from tests.expectations.conftest import Warehouse
from tests.expectations.planted import MARTS, RAW, broken_by_name, statement

Copy = Callable[[tuple[Path, Site]], Warehouse]

_OWN = [
    (suite.table, check.name)
    for stage in STAGES
    for suite in load_suites(stage)
    if not suite.is_shared
    for check in suite.checks
]
# A shared check is the same on every table: it is planted on one.
_SHARED = [
    (f"{stage}.{table}", check.name)
    for stage, planted in (("raw", RAW), ("marts", MARTS))
    for suite in load_suites(stage)
    if suite.is_shared
    for check in suite.checks
    for table in planted
    if check.name in planted[table]
]


def test_every_shared_check_is_planted_somewhere() -> None:
    shared = {
        (stage, check.name)
        for stage in STAGES
        for suite in load_suites(stage)
        if suite.is_shared
        for check in suite.checks
    }
    assert {(table.split(".")[0], check) for table, check in _SHARED} == shared


@pytest.mark.parametrize(("table", "check"), _OWN + _SHARED, ids=lambda value: value.split(".")[-1])
def test_a_violation_is_noticed_by_its_check_alone(
    table: str, check: str, valid_raw: tuple[Path, Site], valid_marts: tuple[Path, Site], copy_of: Copy
) -> None:
    stage = "raw" if table.startswith("raw.") else "marts"
    warehouse = copy_of(valid_raw if stage == "raw" else valid_marts)
    planted = statement(table, check)
    assert planted is not None, f"nothing is planted for {table}.{check}"
    warehouse.execute(planted)

    # Checks of one column are about no other one: asking them all would only take time.
    results = warehouse.ask(stage, table, lambda other: other == check or broken_by_name(other) is None)

    assert {(r.check, r.outcome) for r in results if r.outcome != "passed"} == {(check, "failed")}
    [noticed] = [result for result in results if result.check == check]
    assert noticed.unexpected_count
    assert noticed.sample
