"""`python -m expectations`: check a site's warehouse from the shell.

Belongs here: arguments and exit codes. Does not belong here: what is checked or how.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb
from rich.console import Console
from rich.markup import escape

from expectations import console as summary
from expectations import gate, store
from expectations.results import GateResult
from expectations.suites import STAGES, SuiteError
from ingestion.lock import BuildFileHeldError, DataDirError, OtherSiteError, build_lock, require_site
from ingestion.paths import Paths
from ingestion.site import SiteError, load_site


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the gates; return 0 if all are open, 1 if a blocking check failed or errored, 2 if none ran."""
    parser = argparse.ArgumentParser(prog="python -m expectations", description="Check raw tables and marts.")
    parser.add_argument("--site", type=Path, help="folder or site.yml (default: SITE, else the demo)")
    parser.add_argument("--stage", choices=STAGES, help="one border only (default: both)")
    parser.add_argument(
        "--data-dir", type=Path, help="where the warehouse is (default: DATA_DIR, else data/)"
    )
    parser.add_argument("--run-id", help="name of the run the results are kept under")
    parser.add_argument(
        "--accept-row-counts", action="store_true", help="take today's table sizes as the new measure"
    )
    chosen = parser.parse_args(arguments)
    paths = Paths(chosen.data_dir.resolve()) if chosen.data_dir else Paths.from_env()
    console = Console()
    try:
        gates = _run(chosen, paths, console)
    except (
        SiteError, SuiteError, gate.NoWarehouseError, BuildFileHeldError, OtherSiteError, DataDirError,
    ) as error:  # fmt: skip
        return _cannot_check(console, str(error))
    except duckdb.IOException as error:
        # Held by a program that does not know the lock, such as DuckDB's own shell.
        return _cannot_check(console, f"{paths.warehouse} cannot be used; does a program hold it? ({error})")
    console.print(f"Page: {gates[-1].page}", soft_wrap=True, highlight=False)
    return 0 if all(result.is_open for result in gates) else 1


def _run(chosen: argparse.Namespace, paths: Paths, console: Console) -> list[GateResult]:
    gates: list[GateResult] = []
    site = load_site(chosen.site, data_dir=paths.data_dir)
    gate.require_warehouse(paths)
    # Results are kept in the build file: a gate writes, too.
    with build_lock(paths, "python -m expectations"):
        require_site(paths, site.name)
        for stage in (chosen.stage,) if chosen.stage else STAGES:
            if chosen.accept_row_counts:
                store.forget_row_counts(paths.warehouse, stage)
            run_id = chosen.run_id or (gates[0].run_id if gates else None)
            with console.status(f"Checking {stage} …") as status:
                gates.append(gate.run(site, paths, stage, run_id=run_id, progress=status.update))
            summary.show(gates[-1], console)
    return gates


def _cannot_check(console: Console, why: str) -> int:
    console.print(f"[bold red]Cannot check:[/] {escape(why)}", soft_wrap=True)
    return 2


if __name__ == "__main__":
    sys.exit(main())
