"""The end of a run on the terminal: what was published, what went wrong, where to look next.

Belongs here: choosing and showing. Does not belong here: numbers that no mart holds (`dbt_project/`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from rich.console import Console
from rich.table import Table

from ingestion.paths import Paths
from orchestration.facts import Facts, read_facts
from orchestration.publish import bi_file, read_publication
from orchestration.report.write import index_file
from orchestration.settings import RunSettings

STEP_NAMES = {
    "raw_tables": "load sources",
    "raw_checks": "gate on raw tables",
    "dbt_models": "models and their tests",
    "marts_checks": "gate on marts",
    "published_marts": "publish",
    "insight_report": "insight report",
}
_LINE = 200  # signs of a row that are shown


@dataclass(frozen=True)
class Problem:
    """Something that kept the run from publishing: where, what, and how to look at it."""

    where: str
    what: str
    look: str


def show(
    result: dg.ExecuteInProcessResult,
    settings: RunSettings,
    times: Sequence[tuple[str, float]],
    total: float,
) -> None:
    """Print the summary of a run; `times` are (step, seconds), all seconds of the wall clock."""
    console = Console(highlight=False, soft_wrap=True)
    console.print()
    published = any(e.is_step_success and e.step_key == "published_marts" for e in result.all_events)
    if result.success or published:
        _show_published(console, settings)
    if not result.success:
        _show_problems(console, problems(result, settings.paths), settings.paths, published)
    shown = ", ".join(f"{_step(name)} {seconds:.1f} s" for name, seconds in times if seconds >= 0.1)
    console.print(f"Time: {total:.1f} s ({shown})")
    _show_next(console, settings.paths, result.run_id)


def problems(result: dg.ExecuteInProcessResult, paths: Paths) -> list[Problem]:
    """Return what failed: first checks of gates and tests, then steps that broke for another reason."""
    found = [
        problem
        for check in result.get_asset_check_evaluations()
        if not check.passed and check.severity == dg.AssetCheckSeverity.ERROR
        for problem in _broken(check, paths)
    ]
    for event in result.all_events:
        if not event.is_step_failure:
            continue
        data = event.step_failure_data
        if data.user_failure_data is not None:
            found.append(Problem(_step(event.step_key), data.user_failure_data.description or "failed", ""))
        elif data.error is not None and data.error.cls_name != "DagsterAssetCheckFailedError":
            error = data.error.cause or data.error
            look = f"the run in the UI has the stack trace; or: {_alone(event.step_key)}"
            found.append(Problem(_step(event.step_key), error.message.strip(), look))
    return found


def _broken(check: dg.AssetCheckEvaluation, paths: Paths) -> Iterator[Problem]:
    """Yield a problem per broken expectation of a gate's check, or the one of a dbt test."""
    table = ".".join(check.asset_key.path)
    inside: Any = check.metadata["problems"].value if "problems" in check.metadata else None
    if inside is None:
        sql = str(check.metadata["compiled sql"].value)
        what = (check.description or "") + failing_rows(Path(sql), paths)
        yield Problem(f"{table}, test {check.check_name}", what, f"run {sql} on {paths.warehouse}")
        return
    for problem in inside:
        what = f"{problem['claim']} {problem['outcome']}: {problem['observed']}"
        samples = "".join(f"\n      {sample}" for sample in problem["sample"][:3])
        yield Problem(f"{table}, expectation {problem['check']}", what + samples, str(problem["what to do"]))


def failing_rows(sql: Path, paths: Paths) -> str:
    """Return the first rows that a dbt test found, a line each; nothing if they can't be had any more."""
    try:
        with duckdb.connect(str(paths.warehouse), read_only=True) as connection:
            connection.execute("set timezone = 'UTC'")
            found = connection.sql(
                f"from ({sql.read_text(encoding='utf-8')}\n) select columns(*)::varchar limit 3"
            )
            rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    except (duckdb.Error, OSError):
        return ""
    lines = (", ".join(f"{name} {value}" for name, value in row.items()) for row in rows)
    return "".join(f"\n      {line[:_LINE]}" for line in lines)


def _alone(step: str | None) -> str:
    return {
        "raw_tables": ".venv/bin/python -m ingestion",
        "raw_checks": ".venv/bin/python -m expectations --stage raw",
        "marts_checks": ".venv/bin/python -m expectations --stage marts",
        "insight_report": ".venv/bin/python -m orchestration.report",
        "dbt_models": "docs/add_model.md says how to build by hand",
    }.get(step or "", "make run")


def _step(step: str | None) -> str:
    return STEP_NAMES.get(step or "", step or "")


def _show_problems(console: Console, found: Sequence[Problem], paths: Paths, published: bool) -> None:
    """Print what failed; `published`: the marts are served all the same, what failed came after them."""
    what = "NO REPORT" if published else "NOT PUBLISHED"
    console.print(f"[bold red]{what}: {len(found)} {'problem' if len(found) == 1 else 'problems'}[/]")
    for problem in found[:20]:
        console.print(f"\n  [bold]{problem.where}[/]", markup=True)
        console.print(f"    {problem.what}", markup=False)
        if problem.look:
            console.print(f"    look: {problem.look}", markup=False)
    if len(found) > 20:
        console.print(f"\n  and {len(found) - 20} more; all are in the UI")
    console.print()
    if published:
        return
    served = read_publication(paths)
    if served is None:
        console.print("Nothing has been published yet.")
    else:
        when = f"{served.published_at:%Y-%m-%d %H:%M:%S} UTC"
        console.print(f"The published file is unchanged since {when}: {served.file}")


def _show_published(console: Console, settings: RunSettings) -> None:
    served = read_publication(settings.paths)
    if served is None:
        console.print("The run was for a part of the graph; nothing was published.")
        return
    facts = read_facts(settings.paths)
    console.print(
        f"[bold green]PUBLISHED[/] site {served.site} as of {served.as_of:%Y-%m-%d %H:%M:%S} UTC,"
        f" {len(served.marts)} marts"
    )
    _print_table(console, ["mart", "rows"], [(mart.name, f"{mart.rows:,}") for mart in served.marts])
    _show_facts(console, facts)


def _show_facts(console: Console, facts: Facts) -> None:
    if facts.loads:
        header = ["source", "read", "loaded", "quarantined", "duplicates"]
        _print_table(console, header, [(name, *(f"{n:,}" for n in counts)) for name, *counts in facts.loads])
    if facts.quarantine:
        header = ["quarantine", "column", "reason", "rows"]
        _print_table(console, header, [(*where, f"{rows:,}") for *where, rows in facts.quarantine])
    if facts.attainment:
        header = ["SLA attainment", "instances", "met", "weakest metric"]
        _print_table(
            console, header, [(who, f"{n:,}", met, weakest) for who, n, met, weakest in facts.attainment]
        )
    checks = ", ".join(f"{gate}: {text}" for gate, text in facts.gates)
    if checks:
        console.print(f"Gates: {checks}")
    for name, value in facts.headlines:
        console.print(f"  {name}: {value}")
    console.print()


def _show_next(console: Console, paths: Paths, run_id: str) -> None:
    console.print("Look next:")
    if paths.published.exists():
        console.print(f"  published marts    {bi_file(paths)}")
        console.print(f"  the same file      {paths.published} (for attaching under another name)")
    report = index_file(paths)
    if report.exists():
        console.print(f"  insight report     {report}")
    page = paths.reports / "expectations.html"
    if page.exists():
        console.print(f"  validation report  {page}")
    console.print(f"  Dagster            make ui, then http://127.0.0.1:3000/runs/{run_id}")


def _print_table(console: Console, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    numbers = {"instances", "met", "rows", "read", "loaded", "quarantined", "duplicates"}
    table = Table(box=None, pad_edge=True, header_style="bold")
    for name in header:
        table.add_column(name, justify="right" if name in numbers else "left")
    for row in rows:
        table.add_row(*row)
    console.print(table)
    console.print()
