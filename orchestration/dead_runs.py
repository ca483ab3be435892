"""Runs whose process ended before they did: Dagster takes them for running, and lets others wait.

Belongs here: telling Dagster that they are over. Does not belong here: knowing that nobody is at work, which
the caller does by holding the build's lock.
"""

from __future__ import annotations

import dagster as dg

LAUNCHED_BY_TAG = "warehouse/launched_by"

_UNFINISHED = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.CANCELING]


def end_dead_runs(instance: dg.DagsterInstance, launched_by: str | None = None) -> int:
    """Free the pool slots of unfinished runs, end those launched by `launched_by` (by default all) as failed.

    Returns how many were ended.
    """
    ended = 0
    for run in instance.get_runs(dg.RunsFilter(statuses=_UNFINISHED)):
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
        if launched_by in (None, run.tags.get(LAUNCHED_BY_TAG)):
            instance.report_run_failed(run, "the process ended before the run did")
            ended += 1
    return ended
