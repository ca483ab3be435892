"""Every file of a simulated site keeps the source contract."""

from __future__ import annotations

import pytest

from ingestion.contracts import CANONICAL, Entity
from tests.ingestion.simulator.conftest import Simulated


@pytest.mark.parametrize("entity", CANONICAL, ids=lambda e: e.name)
@pytest.mark.parametrize("size", ["site", "small_site"])
def test_entity_keeps_the_contract(entity: Entity, size: str, request: pytest.FixtureRequest) -> None:
    written: Simulated = request.getfixturevalue(size)
    described = written.sql.execute(f"describe {entity.name}").fetchall()
    columns = [name for name, *_ in described]
    assert columns == [column.name for column in entity.columns if column.name in columns]
    assert set(entity.required) <= set(columns)
    broken = []
    for column in entity.columns:
        if column.name not in columns:
            continue
        tests = []
        if column.required:
            tests.append(f"{column.name} is null")
        kind = {"ts": "timestamptz"}.get(column.type, column.duckdb_type)
        tests.append(f"{column.name} is not null and try_cast({column.name} as {kind}) is null")
        if column.codes:
            listed = ", ".join(f"'{code}'" for code in column.codes)
            tests.append(f"{column.name} not in ({listed})")
        broken += [t for t in tests if written.value(f"select count(*) from {entity.name} where {t}")]
    for order in entity.orders:
        if {order.later, order.earlier} <= set(columns):
            test = f"try_cast({order.later} as timestamptz) < try_cast({order.earlier} as timestamptz)"
            broken += [test] if written.value(f"select count(*) from {entity.name} where {test}") else []
    assert not broken


def test_every_entity_of_the_contract_is_written(site: Simulated) -> None:
    written = {name for name in site.summary.rows if not name.startswith("truth/")}
    assert written == {entity.name for entity in CANONICAL}
    empty = {name for name in written if site.summary.rows[name] == 0}
    assert empty == {"feedback_actions"}
