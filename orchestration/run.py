"""`make run`: the same job that Dagster schedules, in this process, with progress and a summary.

Belongs here: one run from the shell, from lock to exit code. Does not belong here: what a stage does (its
assets), or what the summary says (`orchestration.summary`).
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ingestion.lock import BuildFileHeldError, DataDirError, build_lock
from ingestion.site import SiteError
from orchestration.dbt_runner import DbtError, prepare_manifest
from orchestration.progress import shown_on_terminal
from orchestration.settings import (
    AS_OF_TAG,
    FULL_REFRESH_TAG,
    RunSettings,
    prepare_dagster_home,
    run_settings,
)
from orchestration.site_state import switch_to

if TYPE_CHECKING:
    import dagster as dg

HOLDER = "make run"
INTERRUPTED = 130  # the shell's convention for a process ended by Ctrl-C

logger = logging.getLogger("orchestration")


def _parser() -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        prog="python -m orchestration.run",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Build and publish a site, as `make run` does: load, check, build, check, publish.",
        epilog="""\
settings, from the environment:
  SITE             folder with a site.yml, or the file (default: the simulated demo)
  DATA_DIR         where everything is written (default: data/)
  AS_OF            the instant the marts describe, ISO 8601 (default: the site's, else now)
  FULL_REFRESH=1   compute all tickets and models anew from the raw tables

exit code: 0 if the marts were published, 1 if not, 130 after Ctrl-C""",
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the whole graph; returns 0 if the marts were published, 1 if not, 130 after Ctrl-C."""
    _parser().parse_args(arguments)
    started = time.perf_counter()
    with shown_on_terminal(started):
        try:
            settings = run_settings(datetime.now(UTC), {})
            with build_lock(settings.paths, HOLDER):
                return _run(settings, started)
        except (SiteError, BuildFileHeldError, DataDirError, DbtError) as error:
            print(f"\nNothing was done: {error}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("\nInterrupted; the published file is as it was. `make run` goes on.", file=sys.stderr)
            return INTERRUPTED


def _run(settings: RunSettings, started: float) -> int:
    site, paths = settings.site, settings.paths
    logger.info(f"site {site.name} as of {settings.as_of:%Y-%m-%d %H:%M:%S} UTC, data in {paths.data_dir}")
    moved = switch_to(paths, site)
    if moved:
        logger.info(moved)
    logger.info("loading the asset graph")
    prepare_dagster_home(paths)
    prepare_manifest(paths)
    # Imported here: whoever only wants the lock's answer or an error in site.yml should not wait for it.
    import dagster as dg

    from orchestration import summary
    from orchestration.automation import JOB_NAME
    from orchestration.dead_runs import LAUNCHED_BY_TAG, end_dead_runs
    from orchestration.definitions import defs

    logger.info("asset graph loaded")
    _spare_disk_syncs()
    _keep_event_log_connections()
    logger.info("planning the run")
    with dg.DagsterInstance.get() as instance:
        end_dead_runs(instance, launched_by=HOLDER)
        prepared = time.perf_counter() - started
        result = defs.resolve_job_def(JOB_NAME).execute_in_process(
            instance=instance,
            raise_on_error=False,
            tags={
                AS_OF_TAG: settings.as_of.isoformat(),
                FULL_REFRESH_TAG: str(settings.full_refresh).lower(),
                LAUNCHED_BY_TAG: HOLDER,
            },
            # Dagster's own console log is for machines; the event log in its home keeps all of it.
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
        if _was_interrupted(result):
            raise KeyboardInterrupt
        steps = instance.get_run_step_stats(result.run_id)
    times = [("start, imports, asset graph", prepared)]
    times += [(s.step_key, s.end_time - s.start_time) for s in steps if s.end_time and s.start_time]
    summary.show(result, settings, times, time.perf_counter() - started)
    return 0 if result.success else 1


def _was_interrupted(result: dg.ExecuteInProcessResult) -> bool:
    """Dagster turns Ctrl-C into the failure of the step that was at work."""
    errors = [event.step_failure_data.error for event in result.all_events if event.is_step_failure]
    return any(
        cause is not None and cause.cls_name in {"DagsterExecutionInterruptedError", "KeyboardInterrupt"}
        for error in errors
        if error is not None
        for cause in (error, error.cause, error.context)
    )


def _spare_disk_syncs() -> None:
    """Let this process write Dagster's SQLite files without waiting for the disk at every event.

    Half the cost of an event, and nearly all of it on a busy disk. A killed process still loses nothing; only
    a power cut can damage the records of runs, never the warehouse.
    """
    import sqlite3

    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    @event.listens_for(Engine, "connect")
    def _(connection: object, _record: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("pragma synchronous = off")


def _keep_event_log_connections() -> None:
    """Let Dagster's event log keep SQLAlchemy engines and connections instead of new ones for each event.

    A new engine compiles each statement and inspects the database again, a new connection reads its schema:
    most of the cost of an event, of which a run has some two thousand. A connection goes back to its pool
    after a commit or rollback, so others read and write as before. No effect if Dagster changes.
    """
    from dagster._core.storage.event_log.sqlite import sqlite_event_log
    from sqlalchemy import create_engine
    from sqlalchemy.engine import Engine
    from sqlalchemy.pool import QueuePool

    engines: dict[str, Engine] = {}

    def kept(url: str, **options: Any) -> Engine:
        if url not in engines:
            engine = create_engine(url, **{**options, "poolclass": QueuePool})
            # Called after each event, it would close what is kept.
            vars(engine)["dispose"] = lambda close=True: None
            engines[url] = engine
        return engines[url]

    if hasattr(sqlite_event_log, "create_engine"):
        vars(sqlite_event_log)["create_engine"] = kept


if __name__ == "__main__":
    sys.exit(main())
