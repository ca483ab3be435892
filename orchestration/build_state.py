"""Which stages the build file has been through, and on what: none is repeated on unchanged inputs.

Belongs here: what a stage depends on, and the record of it, kept in the build file itself so that the two
can't part. Does not belong here: running stages (`orchestration.assets`) or a model's own incremental state.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from ingestion.paths import Paths
from ingestion.site import Site

EXPECTATIONS = Path(__file__).resolve().parents[1] / "expectations"
STAGES = ("raw_gate", "models", "marts_gate")


def stage_inputs(paths: Paths, site: Site, as_of: datetime, project: str) -> dict[str, str]:
    """Return a digest per stage of all it depends on; `project` is the dbt project's fingerprint.

    A later stage depends on all that the earlier ones do.
    """
    checks = _content(sorted(EXPECTATIONS.rglob("*.*")))
    loads = [site.name, _content([site.folder / "site.yml"]), _loads(paths)]
    model = [*loads, as_of.isoformat(), project]
    return {
        "raw_gate": _digest([*loads, as_of.isoformat(), checks]),
        "models": _digest(model),
        "marts_gate": _digest([*model, checks]),
    }


def completed(paths: Paths) -> dict[str, str]:
    """Return the inputs on which each stage was last completed; empty where there is no build file."""
    if not paths.warehouse.exists():
        return {}
    with duckdb.connect(str(paths.warehouse), read_only=True) as connection:
        try:
            return dict(connection.execute("select stage, inputs from orchestration.stages").fetchall())
        except duckdb.CatalogException:
            return {}


def begin(paths: Paths, stage: str) -> None:
    """Forget `stage` and all after it, so that a run that is killed in it leaves nothing that looks done."""
    with duckdb.connect(str(paths.warehouse)) as connection:
        _create(connection)
        later = STAGES[STAGES.index(stage) :]
        connection.execute("delete from orchestration.stages where list_contains(?, stage)", [list(later)])


def complete(paths: Paths, stage: str, inputs: str) -> None:
    """Record that `stage` was completed on `inputs`."""
    with duckdb.connect(str(paths.warehouse)) as connection:
        _create(connection)
        connection.execute(
            "insert or replace into orchestration.stages values (?, ?, ?)",
            [stage, inputs, datetime.now(UTC).replace(tzinfo=None)],
        )


def _create(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create schema if not exists orchestration")
    connection.execute(
        "create table if not exists orchestration.stages"
        " (stage varchar primary key, inputs varchar not null, completed_at timestamp not null)"
    )


def _loads(paths: Paths) -> str:
    """Return what tells one state of the raw tables from another: the number of the last load."""
    with duckdb.connect(str(paths.warehouse), read_only=True) as connection:
        [(last, files)] = connection.execute(
            "select max(load_no), count(*) from raw.load_report"
        ).fetchall()
    return f"{last}/{files}"


def _content(files: list[Path]) -> str:
    return _digest(
        [
            f"{file.name}:{hashlib.sha256(file.read_bytes()).hexdigest()}"
            for file in files
            if file.is_file() and "__pycache__" not in file.parts
        ]
    )


def _digest(parts: list[str]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
