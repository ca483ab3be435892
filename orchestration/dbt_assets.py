"""Every dbt model as an asset and every data test as a check, built by one step.

Belongs here: how a dbt node looks in Dagster, and turning a build's results into Dagster's. Does not belong
here: calling dbt (`orchestration.dbt_runner`), models and tests themselves (`dbt_project/`).
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject, dbt_assets

from orchestration import dbt_runner
from orchestration.build_state import (
    build_inputs,
    completed_inputs,
    forget_build,
    published_as_of,
    record_build,
    was_built_by_run,
)
from orchestration.context import POOL, working_on_build_file
from orchestration.dbt_runner import NodeResult
from orchestration.lineage import LineageCache
from orchestration.progress import detail
from orchestration.settings import RunSettings
from orchestration.tables import Table, read_tables, relation_of, table_metadata

logger = logging.getLogger(__name__)

RAW_GATE = dg.AssetKey("gate_raw")

# dagster-dbt's name for the dbt node an asset or check stands for.
UNIQUE_ID = "dagster_dbt/unique_id"

# The daily run must have renewed the marts by the next day, with room for a late one.
MARTS_FRESHNESS = dg.FreshnessPolicy.time_window(
    warn_window=timedelta(hours=26), fail_window=timedelta(hours=50)
)


class Translator(DagsterDbtTranslator):
    """How a dbt node looks in Dagster; what it inherits is dagster-dbt's default."""

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        node = self.get_resource_props(manifest, unique_id)
        if node["resource_type"] == "source":
            # By the table's own name, as the step that loads it calls it; dbt may name a source as it likes.
            spec = spec.replace_attributes(key=dg.AssetKey([node["schema"], node["identifier"]]))
        if any(parent.startswith("source.") for parent in node.get("depends_on", {}).get("nodes", [])):
            # Not a source of rows: a delivery passes its gate before anything is built on it.
            spec = spec.replace_attributes(deps=[*spec.deps, RAW_GATE])
        return spec.replace_attributes(
            description=node.get("description") or None,
            group_name=group_of(node),
            freshness_policy=MARTS_FRESHNESS if spec.key.path[0] == "marts" else None,
        ).merge_attributes(metadata={"file": f"dbt_project/{node['original_file_path']}"})

    def get_asset_check_spec(
        self,
        asset_spec: dg.AssetSpec,
        manifest: Mapping[str, Any],
        unique_id: str,
        project: DbtProject | None,
    ) -> dg.AssetCheckSpec | None:
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        if spec is None:
            return None
        return dg.AssetCheckSpec(
            spec.name,
            asset=spec.asset_key,
            description=claim_of(self.get_resource_props(manifest, unique_id)),
            additional_deps=spec.additional_deps,
            blocking=spec.blocking,
            metadata=spec.metadata,
        )


def claim_of(test: Mapping[str, Any]) -> str:
    """Return what a dbt test claims: its description, or its kind with what it was given."""
    if test.get("description"):
        return str(test["description"])
    kind = test.get("test_metadata") or {"name": test["name"], "kwargs": {}}
    given = {name: value for name, value in kind["kwargs"].items() if name not in {"model", "column_name"}}
    column = f" `{test['column_name']}`" if test.get("column_name") else ""
    return f"{kind['name']}{column}" + "".join(f", {name}: {value}" for name, value in given.items())


def group_of(node: Mapping[str, Any]) -> str:
    """Return the folder a node is in, marts by area: `staging`, `intermediate`, `marts_core`, …"""
    if node["resource_type"] == "source":
        return "raw"
    folders = node["fqn"][1:-1] or [node["resource_type"] + "s"]
    return "_".join(folders[:2]) if folders[0] == "marts" else folders[0]


def relation_name(node: Mapping[str, Any]) -> str:
    """Return a node's relation as `schema.table`."""
    return f"{node['schema']}.{node.get('identifier') or node.get('alias') or node['name']}"


def selectors(nodes: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return dbt selectors that pick exactly these nodes, by their full names."""
    return sorted(".".join(node["fqn"]) for node in nodes)


def build_dbt_assets(manifest: Mapping[str, Any]) -> dg.AssetsDefinition:
    """Return the step that builds all models and runs their data tests."""
    nodes = {**manifest["nodes"], **manifest["sources"]}

    @dbt_assets(
        manifest=manifest,
        name="dbt_models",
        pool=POOL,
        dagster_dbt_translator=Translator(),
    )
    def models(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        with working_on_build_file(context) as settings:
            yield from _build(context, settings, nodes)

    return models


def _build(
    context: dg.AssetExecutionContext, settings: RunSettings, nodes: Mapping[str, Any]
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    specs = {
        str(spec.metadata[UNIQUE_ID]): spec
        for spec in context.assets_def.specs
        if spec.key in context.selected_asset_keys
    }
    checks = {
        str((spec.metadata or {})[UNIQUE_ID]): spec
        for spec in context.assets_def.check_specs
        if spec.key in context.selected_asset_check_keys
    }
    inputs = build_inputs(settings, dbt_runner.project_fingerprint())
    # Whoever picks single models wants them built, whatever is known of the last build.
    is_whole = not context.is_subset
    full_refresh = settings.full_refresh or (is_whole and not was_built_by_run(settings.paths))
    is_due = (
        context.is_subset
        or full_refresh
        or completed_inputs(settings.paths) != inputs
        or not dbt_runner.results_file(settings.paths).exists()
    )
    if is_due:
        forget_build(settings.paths)
        dbt_runner.build(
            settings.paths,
            {
                **settings.dbt_variables,
                "macros_hash": dbt_runner.macros_hash(),
                "published_as_of": published_as_of(settings.paths),
                "built_by": "run" if is_whole else "selection",
            },
            select=selectors([nodes[i] for i in (*specs, *checks)]) if context.is_subset else (),
            full_refresh=full_refresh,
            on_finished=_Progress(nodes, _groups(context.assets_def)).finished,
        )
    else:
        logger.info("models: nothing new since they were built, nothing to do")
    results = dbt_runner.last_results(settings.paths, nodes)
    if is_due and is_whole and not any(result.is_blocking for result in results):
        record_build(settings.paths, inputs)
    tables = read_tables(settings.paths, {key.path[0] for key in context.assets_def.keys} | {"raw"})
    lineage = LineageCache(dbt_runner.dbt_folder(settings.paths) / "lineage.json")
    # Dagster writes each down before it asks for the next, which takes longer than all the rest here.
    logger.info(f"recording {len(results)} results")
    for number, result in enumerate(results, start=1):
        detail.info(f"recording {number} of {len(results)} results")
        if result.unique_id in specs and result.is_built:
            spec = specs[result.unique_id]
            yield dg.MaterializeResult(
                spec.key, metadata=_model_metadata(result, spec, tables, nodes, lineage)
            )
        elif result.unique_id in checks and result.status != "skipped":
            yield _check_result(result, checks[result.unique_id], settings)
    lineage.save()
    failures = failures_in_words(results)
    if failures:
        raise dg.Failure(failures)


def _model_metadata(
    result: NodeResult,
    spec: dg.AssetSpec,
    tables: Mapping[str, Table],
    nodes: Mapping[str, Any],
    lineage: LineageCache,
) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "status": result.message or result.status,
        "seconds": round(result.seconds, 3),
    }
    table = tables.get(relation_of(spec.key))
    if table is not None:
        metadata |= table_metadata(table, spec)
    parents = {relation_name(nodes[p]) for p in result.node["depends_on"].get("nodes", []) if p in nodes}
    schemas = {name: tables[name].columns for name in parents & tables.keys()}
    if result.compiled_sql and schemas:
        columns = lineage.of(result.compiled_sql, schemas)
        if columns:
            metadata["dagster/column_lineage"] = dg.TableColumnLineage(
                {
                    column: [dg.TableColumnDep(dg.AssetKey(name.split(".")), c) for name, c in made_of]
                    for column, made_of in columns.items()
                }
            )
    return metadata


def _compiled_file(result: NodeResult, settings: RunSettings) -> Path:
    """Where dbt wrote a test as it was run: the query whose rows are the failures."""
    folder = dbt_runner.dbt_folder(settings.paths) / "target" / "compiled" / result.node["package_name"]
    file = folder / result.node["original_file_path"]
    return file if file.suffix == ".sql" else file / result.node["path"]


def _check_result(result: NodeResult, spec: dg.AssetCheckSpec, settings: RunSettings) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=spec.asset_key,
        check_name=spec.name,
        passed=result.status == "pass",
        severity=dg.AssetCheckSeverity.WARN if result.status == "warn" else dg.AssetCheckSeverity.ERROR,
        description=result.message or None,
        metadata={
            "failing rows": result.failures or 0,
            "seconds": round(result.seconds, 3),
            "file": f"dbt_project/{result.node['original_file_path']}",
            "compiled sql": dg.MetadataValue.path(_compiled_file(result, settings)),
        },
    )


def failures_in_words(results: Sequence[NodeResult]) -> str | None:
    """Return what kept a build from being good, models with dbt's message; None if nothing did.

    Failed tests are only counted: each is an asset check, which says how many rows and where the query is.
    """
    failed = [result for result in results if result.is_blocking]
    models = [result for result in failed if result.node["resource_type"] != "test"]
    said = [
        f"{model.node['resource_type']} {model.node['name']}"
        f" (dbt_project/{model.node['original_file_path']}): {model.message.strip()}"
        for model in models
    ]
    tests = len(failed) - len(models)
    if tests:
        said.append(f"{tests} {'test' if tests == 1 else 'tests'} failed")
    return "\n    ".join(said) or None


def _groups(assets_def: dg.AssetsDefinition) -> dict[str, str]:
    """Return the asset group of every dbt node: a test's is that of the model it checks."""
    groups = {spec.key: spec.group_name or "" for spec in assets_def.specs}
    models = {str(spec.metadata[UNIQUE_ID]): groups[spec.key] for spec in assets_def.specs}
    checks = assets_def.check_specs
    return models | {str((c.metadata or {})[UNIQUE_ID]): groups.get(c.asset_key, "") for c in checks}


class _Progress:
    """Reports each group of models once, as its last node ends."""

    def __init__(self, nodes: Mapping[str, Any], groups: Mapping[str, str]) -> None:
        self._nodes = nodes
        self._groups = groups
        self._waiting = Counter(groups.values())
        self._seen: dict[str, Counter[str]] = {}

    def finished(self, unique_id: str, status: str, seconds: float) -> None:
        """Take note of one node; a failure is reported at once."""
        node, group = self._nodes.get(unique_id), self._groups.get(unique_id)
        if node is None or group is None:
            return
        detail.info(f"{status}: {node['resource_type']} {node['name']}")
        if status in {"error", "fail", "warn"}:
            logger.warning(f"  {status}: {node['resource_type']} {node['name']}")
        seen = self._seen.setdefault(group, Counter())
        seen[node["resource_type"]] += 1
        self._waiting[group] -= 1
        if self._waiting[group] == 0:
            counts = ", ".join(f"{count} {kind}s" for kind, count in sorted(seen.items()))
            logger.info(f"  {group}: {counts}")
