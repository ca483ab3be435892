"""Column lineage of SQL as models are written, and that it is not worked out twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration import lineage
from orchestration.lineage import LineageCache, column_lineage

PARENTS = {
    "staging.tickets": {"ticket_id": "VARCHAR", "created_at": "TIMESTAMP", "solved_at": "TIMESTAMP"},
    "staging.agents": {"agent_id": "VARCHAR", "ticket_id": "VARCHAR", "tier": "VARCHAR"},
}

MODEL = """
    with tickets as (select * from "warehouse"."staging"."tickets"),
    ordered as (
        select *, row_number() over (partition by ticket_id order by created_at) as place
        from tickets
    ),
    final as (
        select ordered.ticket_id, solved_at - created_at as seconds, coalesce(agents.tier, 'T1') as tier,
            place, 1 as one
        from ordered
        left join "warehouse"."staging"."agents" as agents on agents.ticket_id = ordered.ticket_id
    )
    select * from final
"""


def test_columns_are_traced_through_stars_joins_windows_and_expressions() -> None:
    assert column_lineage(MODEL, PARENTS) == {
        "ticket_id": [("staging.tickets", "ticket_id")],
        "seconds": [("staging.tickets", "created_at"), ("staging.tickets", "solved_at")],
        "tier": [("staging.agents", "tier")],
        "place": [("staging.tickets", "created_at"), ("staging.tickets", "ticket_id")],
        "one": [],
    }


@pytest.mark.parametrize("sql", ["select from where", "drop table x", ""])
def test_what_cannot_be_traced_has_no_lineage(sql: str) -> None:
    assert column_lineage(sql, PARENTS) == {}


def test_only_changed_models_are_traced_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "dbt" / "lineage.json"
    first = LineageCache(file)
    expected = first.of(MODEL, PARENTS)
    first.save()
    traced: list[str] = []
    monkeypatch.setattr(lineage, "column_lineage", lambda sql, parents, dialect: traced.append(sql) or {})
    second = LineageCache(file)
    kept = second.of(MODEL, PARENTS)
    second.of(MODEL + " -- changed", PARENTS)
    assert {column: [tuple(pair) for pair in pairs] for column, pairs in kept.items()} == expected
    assert traced == [MODEL + " -- changed"]
