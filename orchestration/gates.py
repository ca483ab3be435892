"""The two gates: Great Expectations' checks as asset checks on the tables they are about.

Belongs here: which checks there are, and what Dagster is told of their results. Does not belong here: the
checks (`expectations/`). A gate that stays shut keeps everything to its right from running.
"""

import logging
from collections.abc import Collection, Iterator, Sequence
from typing import get_args

import dagster as dg

from expectations.results import CheckResult, GateResult, Outcome
from expectations.suites import Check, Stage, load_suites
from orchestration.context import POOL, working_on_build_file
from orchestration.raw_assets import DATA_ENGINEERING

logger = logging.getLogger(__name__)

_ABOUT: dict[Stage, str] = {
    "raw": "What the sources delivered may be built on: volumes, domains, freshness, rows in quarantine.",
    "marts": "What was built may be published: business invariants that hold across tables.",
}


def build_gate(
    stage: Stage, tables: Collection[dg.AssetKey]
) -> tuple[dg.AssetChecksDefinition, dg.AssetsDefinition]:
    """Return the checks of one border and the asset that stands for having passed it."""
    checks = {
        dg.AssetCheckKey(table, check.name): check
        for table in sorted(tables)
        for check in _checks_of(stage, table)
    }

    @dg.multi_asset_check(
        name=f"{stage}_checks",
        specs=[_check_spec(key, check) for key, check in checks.items()],
        pool=POOL,
        can_subset=True,
        description=f"Great Expectations, stage {stage}.",
    )
    def gate_checks(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        with working_on_build_file(context) as settings:
            import expectations

            result = expectations.run(
                settings.site, settings.paths, stage, run_id=context.run.run_id, as_of=settings.as_of
            )
        _log(result)
        yield from _check_results(result, set(checks) & context.selected_asset_check_keys)
        unknown = [f"{r.table}.{r.check}" for r in result.blocking if _key(r) not in checks]
        if unknown:
            raise dg.Failure(f"the {stage} gate is shut by {', '.join(unknown)}")

    @dg.asset(
        key=["gates", stage],
        deps=list(tables),
        group_name="gates",
        kinds={"great_expectations"},
        owners=DATA_ENGINEERING,
        description=f"{_ABOUT[stage]} Materialised when no blocking check failed.",
    )
    def gate(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata={"checks": len(checks)})

    return gate_checks, gate


def _checks_of(stage: Stage, table: dg.AssetKey) -> list[Check]:
    name = ".".join(table.path)
    return [
        check
        for suite in load_suites(stage)
        if suite.table == name or suite.is_shared
        for check in suite.checks
    ]


def _check_spec(key: dg.AssetCheckKey, check: Check) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        key.name,
        asset=key.asset_key,
        description=check.claim,
        blocking=check.severity == "blocking",
        metadata={"what to do": check.on_failure, "expectation": check.expectation},
    )


def _check_results(gate: GateResult, wanted: Collection[dg.AssetCheckKey]) -> Iterator[dg.AssetCheckResult]:
    for result in gate.results:
        key = _key(result)
        if key in wanted:
            yield dg.AssetCheckResult(
                asset_key=key.asset_key,
                check_name=key.name,
                passed=result.outcome == "passed",
                severity=_severity(result),
                description=f"{result.outcome}: {result.observed}",
                metadata=_metadata(result, gate),
            )


def _key(result: CheckResult) -> dg.AssetCheckKey:
    return dg.AssetCheckKey(dg.AssetKey(result.table.split(".")), result.check)


def _severity(result: CheckResult) -> dg.AssetCheckSeverity:
    return dg.AssetCheckSeverity.ERROR if result.severity == "blocking" else dg.AssetCheckSeverity.WARN


def _metadata(result: CheckResult, gate: GateResult) -> dict[str, dg.MetadataValue]:
    metadata: dict[str, dg.MetadataValue] = {
        "outcome": dg.MetadataValue.text(result.outcome),
        "observed": dg.MetadataValue.text(result.observed),
        "seconds": dg.MetadataValue.float(round(result.seconds, 3)),
    }
    if result.unexpected_count is not None:
        metadata["unexpected rows"] = dg.MetadataValue.int(result.unexpected_count)
    if result.sample:
        rows = [{column: str(value) for column, value in row.items()} for row in result.sample]
        metadata["sample"] = dg.MetadataValue.json(rows)
    if result.outcome != "passed":
        metadata["what to do"] = dg.MetadataValue.text(result.on_failure)
    if gate.page:
        metadata["page"] = dg.MetadataValue.path(gate.page)
    return metadata


def _log(gate: GateResult) -> None:
    counts = ", ".join(f"{gate.count(o)} {o}" for o in get_args(Outcome) if gate.count(o))
    verdict = "open" if gate.is_open else "SHUT"
    logger.info(f"{gate.stage} gate {verdict}: {counts or 'no checks'} in {gate.seconds:.1f} s")
    shown: Sequence[CheckResult] = (*gate.blocking, *gate.warnings)
    for result in shown:
        logger.warning(f"  {result.outcome}: {result.table}.{result.check}: {result.observed}")
