"""One measured build in a process of its own, and the floor it is compared with.

Belongs here: what is measured and how. Does not belong here: sites (`tests.bench.sites`), output
(`tests.bench.report`).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import duckdb

from ingestion import memory

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
SELECTED = ("+path:models/marts/core", "+path:models/marts/sla", "+int_build_state")
SLOWEST = 10
THREADS = 2


@dataclass(frozen=True)
class Build:
    """A build's seconds as dbt counts them (`net`) and as its process took (`total`, with start-up and
    parsing); `peak_bytes` of memory of that process; seconds by model, slowest first."""

    net: float
    total: float
    peak_bytes: int
    tickets: int
    models: dict[str, float] = field(default_factory=dict)

    @property
    def slowest(self) -> dict[str, float]:
        """The slowest models."""
        return dict(list(self.models.items())[:SLOWEST])


def copy_project(place: Path) -> Path:
    """A copy of the dbt project, so that an edit during a long run is no change of the models."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(PROJECT, place, ignore=shutil.ignore_patterns("target", "logs"))
    return place


def build(project: Path, data_dir: Path, as_of: datetime, timezone: str) -> Build:
    """Build the marts of a loaded warehouse in a process that does nothing else.

    Raises RuntimeError with dbt's output if it fails.
    """
    target = data_dir / "bench_target"
    variables = {
        "as_of": as_of.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),
        "site_timezone": timezone,
        "site_name": "bench",
    }
    command = [
        str(Path(sys.executable).with_name("dbt")), "run", "--select", *SELECTED,
        "--project-dir", str(project), "--profiles-dir", str(project), "--target-path", str(target),
        "--log-path", str(data_dir / "bench_logs"), "--vars", json.dumps(variables),
        "--log-level-file", "info", "--no-partial-parse", "--no-send-anonymous-usage-stats",
        "--no-version-check",
    ]  # fmt: skip
    output = data_dir / "bench_output.txt"
    started = perf_counter()
    with output.open("w") as lines:
        process = subprocess.Popen(
            command,
            stdout=lines,
            stderr=subprocess.STDOUT,
            cwd=project,
            env={
                **os.environ,
                "DATA_DIR": str(data_dir),
                memory.VARIABLE: memory.memory_limit(data_dir / "warehouse.duckdb"),
            },
        )
        # wait4 gives the memory of this child alone; Popen's own wait would not.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    total = perf_counter() - started
    if process.returncode:
        raise RuntimeError(f"dbt run failed:\n{output.read_text()}")
    results = json.loads((target / "run_results.json").read_text())
    seconds = {r["unique_id"].split(".")[-1]: float(r["execution_time"]) for r in results["results"]}
    return Build(
        net=float(results["elapsed_time"]),
        total=total,
        peak_bytes=usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        tickets=_count(data_dir, "intermediate.int_tickets"),
        models=dict(sorted(seconds.items(), key=lambda item: -item[1])),
    )


def floor(data_dir: Path) -> float:
    """Seconds plain DuckDB takes to read and sort the keys of all raw events, the better of two runs."""
    connection = duckdb.connect(str(data_dir / "warehouse.duckdb"), read_only=True)
    try:
        connection.execute(f"set threads = {THREADS}")
        connection.execute(f"set temp_directory = '{data_dir / 'bench_spill'}'")
        return min(_sort(connection) for _ in range(2))
    finally:
        connection.close()


def _sort(connection: duckdb.DuckDBPyConnection) -> float:
    started = perf_counter()
    connection.execute("""
        create or replace temp table sorted as
        select source_id, ticket_id, occurred_at, sequence_no, event_id
        from raw.canonical__ticket_events
        order by source_id, ticket_id, occurred_at, sequence_no, event_id
    """)
    return perf_counter() - started


def rows(data_dir: Path) -> dict[str, int]:
    """Rows of raw tickets and events, and of every mart of tickets."""
    tables = (
        "raw.canonical__tickets", "raw.canonical__ticket_events", "marts.fct_tickets",
        "marts.fct_ticket_segments", "marts.fct_replies", "marts.fct_ticket_sla",
    )  # fmt: skip
    return {table: _count(data_dir, table) for table in tables}


def _count(data_dir: Path, table: str) -> int:
    connection = duckdb.connect(str(data_dir / "warehouse.duckdb"), read_only=True)
    try:
        row = connection.execute(f"select count(*) from {table}").fetchone()
        return int(row[0]) if row else 0
    finally:
        connection.close()
