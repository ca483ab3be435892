"""The definitions as the server loads them; no asset comes or goes unnoticed."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import dagster as dg
import pytest

from ingestion.paths import Paths
from ingestion.site import DEFAULT_SITE

REPOSITORY = Path(__file__).resolve().parents[2]
SNAPSHOT = Path(__file__).with_name("asset_keys.txt")


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    """The definitions of the demo site, from the module that workspace.yaml and [tool.dg] name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATA_DIR", str(tmp_path_factory.mktemp("data")))
        patch.setenv("SITE", str(DEFAULT_SITE))
        from orchestration.definitions import defs
    dg.Definitions.validate_loadable(defs)
    return defs


def _keys(definitions: dg.Definitions) -> set[str]:
    return {key.to_user_string() for key in definitions.resolve_asset_graph().get_all_asset_keys()}


def test_headline_assets_are_there_in_one_graph(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    line = [
        "sources/helpdesk", "raw/canonical__tickets", "gate_raw", "staging/stg_canonical__tickets",
        "intermediate/int_tickets", "marts/fct_tickets", "gate_marts", "published_marts",
    ]  # fmt: skip
    for left, right in pairwise(line):
        ancestors = graph.get_ancestor_asset_keys(dg.AssetKey.from_user_string(right))
        assert dg.AssetKey.from_user_string(left) in ancestors, f"{right} does not rest on {left}"
    assert {"marts/fct_ticket_segments", "marts/fct_replies", "marts/fct_ticket_sla"} <= _keys(definitions)


def test_the_asset_keys_are_the_reviewed_ones(definitions: dg.Definitions) -> None:
    """After adding or removing a model on purpose: `UPDATE_SNAPSHOTS=1 pytest tests/orchestration`."""
    keys = "".join(f"{key}\n" for key in sorted(_keys(definitions)))
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(keys, encoding="utf-8")
    assert keys.splitlines() == SNAPSHOT.read_text(encoding="utf-8").splitlines()


def test_every_asset_is_described_grouped_and_owned(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        name = key.to_user_string()
        assert node.group_name not in (None, "default"), f"{name} has no group"
        assert node.owners, f"{name} has no owner"
        assert node.description or name.startswith(("staging", "intermediate")), f"{name} is not described"


def test_marts_have_a_freshness_policy_and_others_not(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        has_policy = graph.get(key).freshness_policy is not None
        assert has_policy == (key.path[0] == "marts"), key.to_user_string()


def test_whatever_opens_the_build_file_is_in_its_pool(definitions: dg.Definitions) -> None:
    pools = {
        step.name: step.pool
        for assets in [*definitions.resolve_asset_graph().assets_defs]
        if assets.is_executable
        for step in [assets.op]
    }
    without = {name for name, pool in pools.items() if pool != "duckdb"}
    assert without == {"gate_raw", "gate_marts", "insight_report"}  # the report reads the published file


def test_gates_block_what_must_hold_and_only_that(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    blocking = {key: graph.get(key).blocking for key in graph.asset_check_keys}
    gates = {key: value for key, value in blocking.items() if key.name in {"must_hold", "should_hold"}}
    assert len(gates) > 20
    assert all(value == (key.name == "must_hold") for key, value in gates.items())


def test_schedule_and_sensor_start_the_whole_job(definitions: dg.Definitions) -> None:
    assert definitions.resolve_schedule_def("daily").job_name == "build_and_publish"
    assert definitions.resolve_sensor_def("new_files").job_name == "build_and_publish"
    selected = definitions.resolve_job_def("build_and_publish").asset_layer.selected_asset_keys
    assert {key.to_user_string() for key in selected} == {
        key for key in _keys(definitions) if not key.startswith("sources/")
    }


def test_loading_the_definitions_imports_nothing_heavy(paths: Paths, definitions: dg.Definitions) -> None:
    """Great Expectations costs 3 to 10 seconds, dlt one; the server loads this at every start and reload."""
    heavy = {"great_expectations", "dlt", "pyarrow", "pandas"}
    code = f"import sys, orchestration.definitions; print(sorted({heavy!r} & sys.modules.keys()))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, text=True, capture_output=True, check=True,
        env={**os.environ, "DATA_DIR": str(paths.data_dir), "SITE": str(DEFAULT_SITE)},
    )  # fmt: skip
    assert loaded.stdout.strip() == "[]", loaded.stdout
