"""How dbt nodes look in Dagster, by the pure helpers."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.dbt_assets import claim_of, failures_in_words, group_of, relation_name, selectors
from orchestration.dbt_runner import NodeResult


def _node(kind: str, name: str, folder: str) -> dict[str, Any]:
    fqn = ["creator_support", *folder.split("/"), name]
    return {
        "resource_type": kind,
        "name": name,
        "fqn": fqn,
        "original_file_path": f"models/{folder}/{name}.sql",
    }


def _result(kind: str, name: str, status: str, message: str = "") -> NodeResult:
    return NodeResult(f"{kind}.{name}", status, 0.1, None, message, None, _node(kind, name, "marts/core"))


@pytest.mark.parametrize(
    ("kind", "folder", "group"),
    [
        ("model", "staging/canonical", "staging"),
        ("model", "intermediate/tickets", "intermediate"),
        ("model", "marts/core", "marts_core"),
        ("model", "marts/sla", "marts_sla"),
        ("source", "staging/canonical", "raw"),
    ],
)
def test_groups_are_folders_and_marts_go_by_area(kind: str, folder: str, group: str) -> None:
    assert group_of(_node(kind, "x", folder)) == group


def test_selectors_pick_nodes_by_their_full_names() -> None:
    nodes = [_node("model", "fct_b", "marts/core"), _node("test", "a_holds", "marts/core")]
    assert selectors(nodes) == ["creator_support.marts.core.a_holds", "creator_support.marts.core.fct_b"]


def test_a_relation_goes_by_the_name_of_its_table() -> None:
    assert relation_name({"schema": "raw", "identifier": "canonical__tickets", "name": "tickets"}) == (
        "raw.canonical__tickets"
    )
    assert relation_name({"schema": "marts", "alias": "fct", "name": "fct_v2"}) == "marts.fct"


def test_a_test_claims_its_description_or_else_its_kind_with_what_it_was_given() -> None:
    generic = {
        "name": "accepted_values_status",
        "column_name": "status",
        "test_metadata": {
            "name": "accepted_values",
            "kwargs": {"column_name": "status", "model": "{{ x }}", "values": ["open", "closed"]},
        },
    }
    assert claim_of(generic) == "accepted_values `status`, values: ['open', 'closed']"
    assert claim_of({**generic, "description": "Only known statuses."}) == "Only known statuses."
    assert claim_of({"name": "spam_has_no_sla_rows"}) == "spam_has_no_sla_rows"


def test_failed_models_are_told_with_file_and_message_failed_tests_are_counted() -> None:
    results = [
        _result("model", "fct_tickets", "error", " Binder Error: no column x "),
        _result("test", "unique_id", "fail", "Got 3 results"),
        _result("test", "should_hold", "warn"),
        _result("model", "fct_replies", "skipped"),
        _result("model", "dim_date", "success"),
    ]
    assert failures_in_words(results) == (
        "model fct_tickets (dbt_project/models/marts/core/fct_tickets.sql): Binder Error: no column x"
        "\n    1 test failed"
    )
    assert failures_in_words(results[2:]) is None
