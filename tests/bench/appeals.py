"""`python -m tests.bench.appeals`: a platform's half-year of complaints, from files to the report.

Belongs here: the command line and the order of steps. Does not belong here: the filed table (`filed`), the
site (`appeals_site`), running a step (`process`). The site is kept under `DATA_DIR/bench`, results as
`appeals_results.json`; writing the site is not counted.

    make bench-appeals                        what TikTok filed for July to December 2025: 15.4 million
    BENCH_COMPLAINTS=1M make bench-appeals    a mix of no service in particular, as large as that
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from ingestion.paths import Paths
from tests.bench import appeals_site, filed, measure, process
from tests.bench.__main__ import parse_size
from tests.bench.filed import Filing
from tests.bench.sites import Say

LIMIT_SECONDS, LIMIT_BYTES = 180, 12e9
NEW_COMPLAINTS = 1_000
_REPORT = "+rpt_dsa_appeals"


def wanted() -> Filing | None:
    """The filing to reproduce: a mix as large as BENCH_COMPLAINTS, else the filed table; None if absent."""
    size = os.environ.get("BENCH_COMPLAINTS")
    return filed.generic(parse_size(size)) if size else filed.read()


def site_of(root: Path, filing: Filing, say: Say) -> Path:
    """The folder of the site, written now unless it is there."""
    folder = root / f"appeals_{filing.service.lower()}_{filing.values[filed.TOTAL, filed.SUBMITTED]}"
    if not (folder / "site.yml").is_file():
        appeals_site.write(folder, filing, say)
    for left in folder.rglob("new.parquet"):  # of a run that was broken off
        left.unlink()
    return folder


def load(site: Path, data_dir: Path, name: str) -> process.Step:
    """Load what is new of the site."""
    command = [sys.executable, "-m", "ingestion", "--site", str(site), "--data-dir", str(data_dir)]
    return process.run(command, data_dir / f"{name}.txt", {})


def build(project: Path, data_dir: Path, filing: Filing, name: str) -> tuple[process.Step, dict[str, float]]:
    """Build the report and all it rests on; returns seconds by model as well, slowest first."""
    variables = {
        "as_of": appeals_site.as_of(filing).strftime("%Y-%m-%d %H:%M:%S"),
        "site_timezone": appeals_site.ZONE,
        "site_name": filing.service,
        "dsa_total_includes_notices": filing.notices_in_total,
    }
    target = data_dir / "bench_target"
    command = [
        str(Path(sys.executable).with_name("dbt")), "run", "--select", _REPORT, "--project-dir", str(project),
        "--profiles-dir", str(project), "--target-path", str(target), "--log-path", str(data_dir / "logs"),
        "--vars", json.dumps(variables), "--no-send-anonymous-usage-stats", "--no-version-check",
    ]  # fmt: skip
    # By default builds keep to 4 GB and spill above it; the limit here is 12.
    memory = os.environ.get("DBT_MEMORY", "8GB")
    step = process.run(command, data_dir / f"{name}.txt", {"DATA_DIR": str(data_dir), "DBT_MEMORY": memory})
    results = json.loads((target / "run_results.json").read_text())["results"]
    seconds = {r["unique_id"].split(".")[-1]: float(r["execution_time"]) for r in results}
    return step, dict(sorted(seconds.items(), key=lambda item: -item[1])[: measure.SLOWEST])


def differences(data_dir: Path, filing: Filing) -> list[str]:
    """Rows of the report that are not what was filed. Medians and shares are compared to the digits filed; a
    count or share that was left blank must be 0 or null."""
    with duckdb.connect(str(data_dir / "warehouse.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "select indicator, scope, value from marts.rpt_dsa_appeals"
            " where reporting_period = ? and is_current and is_closed",
            [filing.period],
        ).fetchall()
    report = {(indicator, scope): value for indicator, scope, value in rows}
    wrong = [f"{row} is no row of the report" for row in filing.values if row not in report]
    for row, value in report.items():
        expected = filing.values.get(row)
        digits = len(expected.partition(".")[2]) if expected else 0
        if expected is None and row[1] != filed.MEDIAN and value not in (0, None):
            wrong.append(f"{row}: {value}, nothing was filed")
        if expected is not None and (value is None or round(value, digits) != float(expected)):
            wrong.append(f"{row}: {value}, {expected} was filed")
    return wrong


def floor(site: Path, scratch: Path) -> float:
    """Seconds plain DuckDB takes to count and time complaints by restriction and outcome, from the files."""
    files = {name: site / appeals_site.SOURCE / name / "*.parquet" for name in ("appeals", "decisions")}
    with duckdb.connect() as connection:
        connection.execute(f"set threads = {measure.THREADS}; set temp_directory = '{scratch}'")
        started = perf_counter()
        connection.execute(f"""
            select restriction, outcome, count(*), median(epoch_us(notified_at) - epoch_us(submitted_at))
            from (select decision_id, outcome, submitted_at, notified_at from '{files["appeals"]}')
            left join (select decision_id, restriction from '{files["decisions"]}') using (decision_id)
            group by all
        """).fetchall()
        return perf_counter() - started


def measured(root: Path, filing: Filing, say: Say) -> dict[str, Any]:
    """Run all steps and return what they took. Raises RuntimeError if the report is not what was filed."""
    site, data_dir = site_of(root, filing, say), root / "appeals_work"
    project = measure.copy_project(root / "appeals_project")
    shutil.rmtree(data_dir, ignore_errors=True)
    try:
        say("floor: plain DuckDB on the files")
        least = floor(site, data_dir / "spill")
        say("loading")
        first_load = load(site, data_dir, "load")
        say(f"loaded in {first_load.seconds:.0f} s; building the report")
        first_build, models = build(project, data_dir, filing, "build")
        wrong = differences(data_dir, filing)
        if wrong:
            raise RuntimeError("the report is not what was filed:\n" + "\n".join(wrong))
        say(f"built in {first_build.seconds:.0f} s, as filed; {NEW_COMPLAINTS:,} more complaints")
        appeals_site.write_new(site, filing, NEW_COMPLAINTS)
        again = {
            "load": load(site, data_dir, "load_new"),
            "build": build(project, data_dir, filing, "build_new")[0],
        }
        again["nothing"] = load(site, data_dir, "load_nothing")
    finally:
        for new in site.rglob("new.parquet"):
            new.unlink()
        shutil.rmtree(data_dir, ignore_errors=True)
    return {
        "service": filing.service, "complaints": int(filing.values[filed.TOTAL, filed.SUBMITTED]),
        "floor": least, "load": asdict(first_load), "build": asdict(first_build), "models": models,
        "again": {name: asdict(step) for name, step in again.items()},
    }  # fmt: skip


def show(results: dict[str, Any], console: Console) -> None:
    """Print what was measured."""
    table = Table(
        title=f"{results['complaints']:,} complaints, as {results['service']} filed them",
        title_justify="left",
    )
    for name in ("", "seconds", "of all cores", "peak"):
        table.add_column(name, justify="right" if name else "left")
    again = results["again"]
    steps = {
        "load": results["load"], "build to the report": results["build"],
        f"{NEW_COMPLAINTS:,} more: load": again["load"], f"{NEW_COMPLAINTS:,} more: build": again["build"],
        "nothing new: load": again["nothing"],
    }  # fmt: skip
    for name, step in steps.items():
        cells = (f"{step['seconds']:.1f}", f"{step['cpu_seconds']:.1f}", f"{step['peak_bytes'] / 1e9:.2f} GB")
        table.add_row(name, *cells)
    console.print(table)
    total = results["load"]["seconds"] + results["build"]["seconds"]
    peak = max(results["load"]["peak_bytes"], results["build"]["peak_bytes"])
    console.print(
        f"files to report: {total:.0f} s (limit {LIMIT_SECONDS}), {peak / 1e9:.1f} GB (limit"
        f" {LIMIT_BYTES / 1e9:.0f}); floor {results['floor']:.1f} s, ratio {total / results['floor']:.0f};"
        " every filed number reproduced",
        highlight=False,
    )
    slowest = ", ".join(f"{name} {seconds:.1f}" for name, seconds in results["models"].items())
    console.print(f"slowest models: {slowest}", highlight=False)


def main() -> int:
    """Command line; 1 if a limit is missed."""
    argparse.ArgumentParser(
        "python -m tests.bench.appeals",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()
    console = Console()
    filing = wanted()
    if filing is None:
        console.print(
            f"skipped: {filed.FILE} is not there. BENCH_COMPLAINTS=1M make bench-appeals takes a mix of no"
            " service in particular.",
            highlight=False,
        )
        return 0
    root = Paths.from_env().data_dir / "bench"
    root.mkdir(parents=True, exist_ok=True)
    results = measured(root, filing, lambda message: console.print(message, style="dim", highlight=False))
    (root / "appeals_results.json").write_text(json.dumps(results, indent=2), encoding="utf-8")
    show(results, console)
    total = results["load"]["seconds"] + results["build"]["seconds"]
    peak = max(results["load"]["peak_bytes"], results["build"]["peak_bytes"])
    return int(total > LIMIT_SECONDS or peak > LIMIT_BYTES)


if __name__ == "__main__":
    sys.exit(main())
