"""Runs that died are ended; nobody waits for them."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from orchestration.dead_runs import LAUNCHED_BY_TAG, end_dead_runs


def _run(instance: dg.DagsterInstance, status: dg.DagsterRunStatus, **tags: str) -> str:
    run = dg.DagsterRun(job_name="refresh", status=status, tags=tags)
    return instance.add_run(run).run_id


def _status(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


def test_runs_that_died_with_their_server_are_ended(tmp_path: Path) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        died = _run(instance, dg.DagsterRunStatus.STARTED)
        waits = _run(instance, dg.DagsterRunStatus.NOT_STARTED)
        done = _run(instance, dg.DagsterRunStatus.SUCCESS)
        assert end_dead_runs(instance) == 1
        assert _status(instance, died) == dg.DagsterRunStatus.FAILURE
        assert _status(instance, waits) == dg.DagsterRunStatus.NOT_STARTED
        assert _status(instance, done) == dg.DagsterRunStatus.SUCCESS


def test_a_run_from_the_shell_ends_those_of_the_shell(tmp_path: Path) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        own = _run(instance, dg.DagsterRunStatus.STARTED, **{LAUNCHED_BY_TAG: "make run"})
        others = _run(instance, dg.DagsterRunStatus.STARTED)
        assert end_dead_runs(instance, launched_by="make run") == 1
        assert _status(instance, own) == dg.DagsterRunStatus.FAILURE
        assert _status(instance, others) == dg.DagsterRunStatus.STARTED
