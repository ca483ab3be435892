"""`python -m tests.bench`: measure full and incremental builds of simulated sites.

Belongs here: the command line and the order of steps. Does not belong here: sites, measuring, output.
Sites and loaded warehouses are kept under `DATA_DIR/bench`, and the results as `results.json`.

    BENCH_SIZES=100k,1M,3M make bench        default: 100k,1M
    BENCH_OPEN_TICKETS=0 make bench          leaves out the tickets that are open for long (default: 50k)
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from ingestion.paths import Paths
from tests.bench import measure, report, sites

DAYS_OPEN = (1, 5 * 365)
_UNITS = {"k": 1_000, "m": 1_000_000}


def parse_size(text: str) -> int:
    """A number of tickets such as `250000`, `100k` or `3M`; raises ValueError for anything else."""
    text = text.strip().lower()
    unit = _UNITS.get(text[-1:], 1)
    return int(float(text[:-1] if unit > 1 else text) * unit)


def _built(site: sites.Measured, project: Path) -> dict[str, Any]:
    found = measure.build(project, site.data_dir, site.as_of, site.timezone)
    return {**asdict(found), "slowest": found.slowest}


def _size(root: Path, project: Path, tickets: int, say: sites.Say) -> dict[str, Any]:
    site = sites.loaded(sites.simulated(root, tickets, say), say)
    try:
        say(f"{tickets:,} tickets: floor")
        floor = measure.floor(site.data_dir)
        say(f"{tickets:,} tickets: full build")
        full, rows = _built(site, project), measure.rows(site.data_dir)
        say(f"{tickets:,} tickets: full build took {full['net']:.1f} s; one percent changed")
        sites.change_one_percent(site)
        load = sites.load(site)
        changed = _built(site, project)
        if changed["tickets"] > tickets / 50:
            raise RuntimeError(f"one percent changed, and {changed['tickets']:,} of {tickets:,} were built")
    finally:
        sites.undo_change(site)
        shutil.rmtree(site.data_dir, ignore_errors=True)
    return {
        "tickets": tickets, "rows": rows, "floor": floor, "full": full, "changed": {**changed, "load": load},
    }  # fmt: skip


def _open(root: Path, project: Path, tickets: int, like: Path, say: sites.Say) -> list[dict[str, Any]]:
    found = []
    for days in DAYS_OPEN:
        folder = sites.open_since(root, tickets, days, max(DAYS_OPEN), like, say)
        site = sites.loaded(folder, say)
        say(f"{tickets:,} tickets open for {days:,} days: full build")
        found.append({"tickets": tickets, "days": days, "full": _built(site, project)})
        shutil.rmtree(site.data_dir, ignore_errors=True)
    return found


def main() -> int:
    """Command line."""
    argparse.ArgumentParser(
        "python -m tests.bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()
    console = Console()
    root = Paths.from_env().data_dir / "bench"
    root.mkdir(parents=True, exist_ok=True)
    wanted = sorted(parse_size(text) for text in os.environ.get("BENCH_SIZES", "100k,1M").split(","))
    open_tickets = parse_size(os.environ.get("BENCH_OPEN_TICKETS", "50k"))

    def say(message: str) -> None:
        console.print(message, style="dim", highlight=False)

    project = measure.copy_project(root / "project")
    results: dict[str, Any] = {"cores": os.cpu_count(), "sizes": [], "open": []}
    for tickets in wanted:
        size = _size(root, project, tickets, say)
        per_ticket = size["full"]["net"] / tickets
        smaller = results["sizes"][0] if results["sizes"] else None
        size["growth"] = per_ticket / (smaller["full"]["net"] / smaller["tickets"]) if smaller else None
        results["sizes"].append(size)
    if open_tickets:
        results["open"] = _open(root, project, open_tickets, sites.simulated(root, wanted[0], say), say)
    file = root / "results.json"
    file.write_text(json.dumps(results, indent=2), encoding="utf-8")
    report.show(results, console)
    console.print(f"kept in {file}", highlight=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
