"""What was measured, as tables on the terminal.

Belongs here: how it looks. Does not belong here: measuring.
"""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

Results = dict[str, Any]


def show(results: Results, console: Console) -> None:
    """Print all results, one column a size."""
    sizes = results["sizes"]
    if sizes:
        console.print(_sizes(sizes))
        console.print(_slowest(sizes))
    if results["open"]:
        console.print(_open(results["open"]))


def _sizes(sizes: list[Results]) -> Table:
    table = Table(title="Core + SLA marts", title_justify="left")
    table.add_column("")
    for size in sizes:
        table.add_column(f"{size['tickets']:,} tickets", justify="right")
    lines = {
        "events": lambda s: f"{s['rows']['raw.canonical__ticket_events']:,}",
        "rows in ticket marts": lambda s: (
            f"{sum(count for table, count in s['rows'].items() if table.startswith('marts.')):,}"
        ),
        "of them SLA rows": lambda s: f"{s['rows']['marts.fct_ticket_sla']:,}",
        "full build, net": lambda s: f"{s['full']['net']:.1f} s",
        "full build, with start-up": lambda s: f"{s['full']['total']:.1f} s",
        "peak memory": lambda s: f"{s['full']['peak_bytes'] / 1e9:.2f} GB",
        "floor (scan + sort of events)": lambda s: f"{s['floor']:.2f} s",
        "net / floor": lambda s: f"{s['full']['net'] / s['floor']:.1f}",
        "net per 1,000 tickets": lambda s: f"{1e6 * s['full']['net'] / s['tickets']:.1f} ms",
        "growth of it": lambda s: "" if s["growth"] is None else f"{s['growth']:.2f}",
        "1 % changed: tickets built": lambda s: f"{s['changed']['tickets']:,}",
        "1 % changed: load": lambda s: f"{s['changed']['load']:.1f} s",
        "1 % changed: build, net": lambda s: f"{s['changed']['net']:.1f} s",
        "1 % changed: of the full build": lambda s: f"{s['changed']['net'] / s['full']['net']:.1%}",
        "1 % changed: peak memory": lambda s: f"{s['changed']['peak_bytes'] / 1e9:.2f} GB",
    }
    for name, value in lines.items():
        table.add_row(name, *(value(size) for size in sizes))
    return table


def _slowest(sizes: list[Results]) -> Table:
    table = Table(
        title="Slowest models (two at a time; seconds, full build | 1 % changed)", title_justify="left"
    )
    for size in sizes:
        table.add_column(f"{size['tickets']:,} tickets")
        table.add_column("full", justify="right")
        table.add_column("1 %", justify="right")
    columns = []
    for size in sizes:
        changed = size["changed"]["models"]
        shown = list(size["full"]["slowest"].items())
        columns.append([(name, f"{s:.1f}", f"{changed.get(name, 0):.1f}") for name, s in shown])
    for row in zip(*columns, strict=False):
        table.add_row(*(cell for cells in row for cell in cells))
    return table


def _open(found: list[Results]) -> Table:
    table = Table(title="Open tickets, same calendar, same events", title_justify="left")
    for name in ("tickets", "open for", "net", "of the shortest"):
        table.add_column(name, justify="right")
    for one in found:
        share = one["full"]["net"] / found[0]["full"]["net"]
        table.add_row(
            f"{one['tickets']:,}", f"{one['days']:,} d", f"{one['full']['net']:.1f} s", f"{share:.2f}"
        )
    return table
