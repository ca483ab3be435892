"""What every step asks of its run: its settings, and the build file to itself.

Belongs here: the bridge from a Dagster context to plain types. Does not belong here: any step's own work.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import dagster as dg

from ingestion.lock import build_lock
from orchestration.settings import RunSettings, run_settings

# Steps that open the build file: DuckDB lets one process write and locks everyone else out.
POOL = "duckdb"

# Contexts of asset steps and of check steps share what is used here.
StepContext = dg.AssetExecutionContext | dg.AssetCheckExecutionContext


def settings_of(context: StepContext) -> RunSettings:
    """Return the settings of the context's run, the same in each of its steps."""
    record = context.instance.get_run_record_by_id(context.run.run_id)
    started_at = record.create_timestamp if record else datetime.now(UTC)
    return run_settings(started_at, context.run.tags)


@contextmanager
def working_on_build_file(context: StepContext) -> Iterator[RunSettings]:
    """Hold the build file for one step, and give the run's settings."""
    settings = settings_of(context)
    with build_lock(settings.paths, f"Dagster run {context.run.run_id}"):
        yield settings
