"""What goes wrong: the published file stays as it is, the exit code says so, the summary says what and where.

One small site, its runs in order: killed in the middle, good, a bad delivery, a delivery that can't be read.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from ingestion.lock import build_lock
from tests.end_to_end.workspace import Outcome, Workspace

TICKETS = 40
HEADER = "ticket_id,created_at,updated_at,channel,status\n"


def _tickets(bad: int = 0) -> str:
    """Return a delivery of tickets, the first `bad` of them without a readable creation time."""
    rows = [
        f"t{n},{'yesterday' if n < bad else f'2026-06-{n % 28 + 1:02} 09:00'},2026-06-29 09:00,email,open\n"
        for n in range(TICKETS)
    ]
    return HEADER + "".join(rows)


def _events() -> str:
    rows = [f"e{n},t{n},2026-06-29 09:{n:02},message,agent,true\n" for n in range(TICKETS)]
    return "event_id,ticket_id,occurred_at,event_type,actor_role,is_public\n" + "".join(rows)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small_site")
    (folder / "site.yml").write_text(
        'site: small\ntimezone: UTC\nas_of: "2026-06-30T00:00:00Z"\n'
        "sources: [{name: desk, connector: canonical_files, path: .}]\n",
        encoding="utf-8",
    )
    (folder / "tickets.csv").write_text(_tickets(), encoding="utf-8")
    (folder / "ticket_events.csv").write_text(_events(), encoding="utf-8")
    (folder / "sla_policies.csv").write_text("policy_id,name,position\np,All,1\n", encoding="utf-8")
    (folder / "sla_targets.csv").write_text(
        "policy_id,metric,target_minutes,hours\np,first_reply,480,calendar\np,appeal_decision,1440,calendar\n",
        encoding="utf-8",
    )
    return folder


@pytest.fixture(scope="module")
def workspace(make_workspace: Callable[[Path, str], Workspace], site: Path) -> Workspace:
    return make_workspace(site, "small")


@pytest.fixture(scope="module")
def killed_run(workspace: Workspace) -> str:
    """A first run that was killed while models were being built; returns what it had printed."""
    run = workspace.start()
    printed = []
    assert run.stdout is not None
    for line in run.stdout:
        printed.append(line)
        if "staging:" in line:
            os.kill(run.pid, signal.SIGKILL)
            break
    run.wait(60)
    return "".join(printed)


@pytest.fixture(scope="module")
def good_run(workspace: Workspace, killed_run: str) -> Outcome:
    return workspace.run()


@pytest.fixture(scope="module")
def published(workspace: Workspace, good_run: Outcome) -> bytes:
    assert good_run.code == 0, good_run.output
    return workspace.paths.published.read_bytes()


def test_after_a_killed_run_the_next_one_simply_works(
    workspace: Workspace, killed_run: str, good_run: Outcome
) -> None:
    assert "raw gate open" in killed_run and "PUBLISHED" not in killed_run
    assert good_run.code == 0, good_run.output
    assert workspace.query("select count(*) from served.marts.fct_tickets") == [(TICKETS,)]


def test_dagster_knows_that_the_killed_run_is_over(
    workspace: Workspace, good_run: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dagster as dg

    monkeypatch.setenv("DAGSTER_HOME", str(workspace.paths.dagster_home))
    with dg.DagsterInstance.get() as instance:
        statuses = [run.status for run in instance.get_runs()]
    assert statuses == [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]


def test_a_second_run_at_the_same_time_is_told_who_is_at_work(workspace: Workspace, published: bytes) -> None:
    with build_lock(workspace.paths, "make run"):
        second = workspace.run()
    assert second.code == 1
    assert f"another run holds {workspace.paths.warehouse} (make run, pid {os.getpid()}" in second.output
    assert "Traceback" not in second.output


@pytest.fixture(scope="module")
def bad_run(workspace: Workspace, site: Path, published: bytes) -> Outcome:
    """A run after a delivery in which 30 % of the tickets break the contract."""
    (site / "tickets.csv").write_text(_tickets(bad=TICKETS * 3 // 10), encoding="utf-8")
    return workspace.run()


def test_a_delivery_with_30_percent_bad_rows_is_not_published(
    workspace: Workspace, published: bytes, bad_run: Outcome
) -> None:
    assert bad_run.code == 1
    assert "NOT PUBLISHED" in bad_run.output
    assert workspace.paths.published.read_bytes() == published


def test_the_summary_says_what_failed_where_and_how_to_look(
    workspace: Workspace, published: bytes, bad_run: Outcome
) -> None:
    [(since,)] = workspace.query(
        "select distinct strftime(published_at::timestamp, '%Y-%m-%d %H:%M:%S') from served.marts.publication"
    )
    for told in (
        "raw.load_report, expectation quarantine_rate_is_under_the_limit",
        "desk",
        "tickets",
        "0.3",
        "expectations.html",
        f"The published file is unchanged since {since} UTC",
    ):
        assert told in bad_run.output, told
    assert "Traceback" not in bad_run.output


def test_a_file_that_cannot_be_read_is_named_and_nothing_is_published(
    workspace: Workspace, site: Path, published: bytes, bad_run: Outcome
) -> None:
    (site / "tickets.csv").write_text("number,opened\n1,2026-06-01\n", encoding="utf-8")
    broken = workspace.run()
    assert broken.code == 1
    assert "NOT PUBLISHED: 1 problem" in broken.output
    assert "tickets.csv" in broken.output and "ticket_id" in broken.output
    assert "Traceback" not in broken.output
    assert workspace.paths.published.read_bytes() == published


def test_ctrl_c_ends_a_run_without_a_trace_and_without_publishing(
    workspace: Workspace, site: Path, published: bytes
) -> None:
    (site / "tickets.csv").write_text(_tickets(), encoding="utf-8")
    run = workspace.start(AS_OF="2026-06-30T12:00:00Z")
    assert run.stdout is not None
    for line in run.stdout:
        if "sources:" in line:
            run.send_signal(signal.SIGINT)
            break
    printed, _ = run.communicate(timeout=120)
    assert run.returncode == 130, printed
    assert "Interrupted; the published file is as it was" in printed
    assert workspace.paths.published.read_bytes() == published
