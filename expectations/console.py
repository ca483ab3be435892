"""The terminal summary: failures first, with the rows and what to do.

Belongs here: what `python -m expectations` prints. Does not belong here: anything a program should read
(JSON).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from expectations.results import CheckResult, GateResult, plain

_STYLE = {"failed": "bold red", "errored": "bold magenta", "warning": "yellow"}


def show(gate: GateResult, console: Console) -> None:
    """Print one gate: what blocks, then warnings, then one line of totals."""
    could_not_look = Counter((r.table, r.observed) for r in gate.results if r.outcome == "errored")
    for result in (*gate.blocking, *gate.warnings):
        # One missing table breaks all its checks: say it once.
        alike = could_not_look.pop((result.table, result.observed), 0) if result.outcome == "errored" else 1
        if alike:
            _show_check(result, alike, console)
    totals = f"{gate.count('passed')} passed, {len(gate.blocking)} blocking, {len(gate.warnings)} warnings"
    verdict = "[bold green]open[/]" if gate.is_open else "[bold red]closed[/]"
    console.print(
        f"Gate [bold]{gate.stage}[/] of {escape(gate.site)} is {verdict}: {totals} "
        f"({gate.seconds:.1f} s, {gate.import_seconds:.1f} s of it imports)",
        soft_wrap=True,
    )


def _show_check(result: CheckResult, alike: int, console: Console) -> None:
    label = "warning" if result.severity == "warning" and result.outcome == "failed" else result.outcome
    what = result.check if alike == 1 else f"{alike} checks"
    console.print(
        f"[{_STYLE[label]}]{label.upper()}[/] [bold]{escape(result.table)}[/] {escape(what)}: "
        f"{escape(result.observed)}",
        soft_wrap=True,
    )
    if alike == 1:
        console.print(
            f"  Not true: {escape(result.claim)}" if label != "errored" else f"  {escape(result.claim)}",
            soft_wrap=True,
        )
    if result.sample:
        console.print(_sample(result.sample))
    console.print(f"  [italic]What to do:[/] {escape(result.on_failure)}\n", soft_wrap=True)


def _sample(rows: Sequence[object]) -> Table:
    maps = [row if isinstance(row, dict) else {"value": row} for row in rows]
    columns = list(dict.fromkeys(key for row in maps for key in row))
    table = Table(box=None, padding=(0, 2), header_style="dim")
    for column in columns:
        table.add_column(escape(str(column)), overflow="fold")
    for row in maps:
        table.add_row(*(escape(plain(row.get(column, ""))) for column in columns))
    return table
