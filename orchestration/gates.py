"""The two gates: Great Expectations' suites as asset checks on the tables they are about.

Belongs here: which checks there are, and what Dagster is told of their results. Does not belong here: the
checks (`expectations/`). A gate that stays shut keeps everything to its right from running.

A table has at most two checks here, one per severity, with every expectation inside: Dagster's records cost
some 15 ms per check and run, and there are hundreds of expectations. The history of each of them is in the
table `validation.expectation_results`.
"""

import logging
from collections.abc import Collection, Iterator, Sequence
from typing import get_args

import dagster as dg

from expectations.results import CheckResult, GateResult, Outcome
from expectations.suites import Check, Severity, Stage, Suite, load_suites
from orchestration.context import POOL, working_on_build_file
from orchestration.progress import detail
from orchestration.raw_assets import DATA_ENGINEERING

logger = logging.getLogger(__name__)

CHECK_NAMES: dict[Severity, str] = {"blocking": "must_hold", "warning": "should_hold"}

_ABOUT: dict[Stage, str] = {
    "raw": "What the sources delivered may be built on: volumes, domains, freshness, rows in quarantine.",
    "marts": "What was built may be published: business invariants that hold across tables.",
}


def build_gate(
    stage: Stage, tables: Collection[dg.AssetKey]
) -> tuple[dg.AssetChecksDefinition, dg.AssetsDefinition]:
    """Return the checks of one border and the asset that stands for having passed it."""
    # Once: reading them anew for every table took most of the time that loading the definitions takes.
    suites = load_suites(stage)
    specs = {spec.key: spec for table in sorted(tables) for spec in _check_specs(suites, table)}

    @dg.multi_asset_check(
        name=f"{stage}_checks",
        specs=list(specs.values()),
        pool=POOL,
        can_subset=True,
        description=f"Great Expectations, stage {stage}.",
    )
    def gate_checks(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        import expectations

        logger.info(f"asking the {stage} gate")
        with working_on_build_file(context) as settings:
            gate = expectations.run(
                settings.site,
                settings.paths,
                stage,
                run_id=context.run.run_id,
                as_of=settings.as_of,
                progress=detail.info,
            )
        _log(gate)
        for key in specs.keys() & context.selected_asset_check_keys:
            results = [result for result in gate.results if _key(result) == key]
            yield _check_result(key, results, gate)
        strangers = [f"{r.table}.{r.check}" for r in gate.blocking if _key(r) not in specs]
        if strangers:
            raise dg.Failure(f"the {stage} gate is shut by tables that Dagster does not know: {strangers}")

    @dg.asset(
        name=f"gate_{stage}",
        deps=list(tables),
        # A group each: as one group the gates would stand before and behind everything between them.
        group_name=f"gate_{stage}",
        kinds={"great_expectations"},
        owners=DATA_ENGINEERING,
        description=f"{_ABOUT[stage]} Materialised when nothing that must hold was broken.",
    )
    def gate() -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata={"checked tables": len({key.asset_key for key in specs})})

    return gate_checks, gate


def _check_specs(suites: Sequence[Suite], table: dg.AssetKey) -> Iterator[dg.AssetCheckSpec]:
    name = ".".join(table.path)
    checks = [check for suite in suites if suite.table == name or suite.is_shared for check in suite.checks]
    for severity, check_name in CHECK_NAMES.items():
        chosen = [check for check in checks if check.severity == severity]
        if chosen:
            yield dg.AssetCheckSpec(
                check_name,
                asset=table,
                description=_claims(chosen),
                blocking=severity == "blocking",
            )


def _claims(checks: Sequence[Check]) -> str:
    return "\n".join(f"- {check.claim}" for check in checks)


def _key(result: CheckResult) -> dg.AssetCheckKey:
    return dg.AssetCheckKey(dg.AssetKey(result.table.split(".")), CHECK_NAMES[result.severity])


def _check_result(
    key: dg.AssetCheckKey, results: Sequence[CheckResult], gate: GateResult
) -> dg.AssetCheckResult:
    broken = [result for result in results if result.outcome != "passed"]
    blocking = key.name == CHECK_NAMES["blocking"]
    metadata: dict[str, dg.MetadataValue] = {
        "expectations": dg.MetadataValue.int(len(results)),
        "broken": dg.MetadataValue.int(len(broken)),
    }
    if results:
        metadata["results"] = dg.MetadataValue.table(
            [
                dg.TableRecord({"expectation": r.check, "outcome": r.outcome, "observed": r.observed})
                for r in [*broken, *(r for r in results if r.outcome == "passed")]
            ]
        )
    if broken:
        metadata["problems"] = dg.MetadataValue.json([_problem(result) for result in broken])
    if gate.page:
        metadata["page"] = dg.MetadataValue.path(gate.page)
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=not broken,
        severity=dg.AssetCheckSeverity.ERROR if blocking else dg.AssetCheckSeverity.WARN,
        description=", ".join(f"{result.check} {result.outcome}" for result in broken) or None,
        metadata=metadata,
    )


def _problem(result: CheckResult) -> dict[str, object]:
    return {
        "check": result.check,
        "outcome": result.outcome,
        "claim": result.claim,
        "observed": result.observed,
        "what to do": result.on_failure,
        "sample": [{column: str(value) for column, value in row.items()} for row in result.sample],
    }


def _log(gate: GateResult) -> None:
    outcomes = ((gate.count(outcome), outcome) for outcome in get_args(Outcome))
    counts = ", ".join(f"{count} {outcome}" for count, outcome in outcomes if count)
    verdict = "open" if gate.is_open else "SHUT"
    logger.info(f"{gate.stage} gate {verdict}: {counts or 'no checks'}")
    for r in (*gate.blocking, *gate.warnings):
        logger.info(f"  {r.severity} {r.outcome}: {r.table} {r.check}: {r.observed}")
