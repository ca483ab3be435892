"""The golden site through the whole graph: every hand-worked expectation holds in the published file."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb
import pytest

from tests.end_to_end.workspace import Outcome, Workspace
from tests.reference.compare import MartsFile
from tests.reference.golden import Row, difference, expectations, golden_folder

pytestmark = pytest.mark.skipif(not golden_folder().is_dir(), reason=f"no golden site at {golden_folder()}")

# What a run with nothing new may take of what the first one took: a share, since machines differ, and of the
# processor's time, since others may be using it as well. Measured 0.57 to 0.60, nearly all of it start-up and
# gates; one that builds the models again takes about as much as the first.
QUICK_SHARE = 0.75


@pytest.fixture(scope="module")
def workspace(make_workspace: Callable[[Path, str], Workspace]) -> Workspace:
    return make_workspace(golden_folder(), "golden")


@pytest.fixture(scope="module")
def first_run(workspace: Workspace) -> Outcome:
    return workspace.run()


@pytest.fixture(scope="module")
def rows(workspace: Workspace, first_run: Outcome) -> Callable[[str], list[Row]]:
    assert first_run.code == 0, first_run.output
    marts = MartsFile(workspace.paths.published, "marts")

    @cache
    def of(mart: str) -> list[Row]:
        return marts.rows(mart, list(marts.tickets(mart)), marts.selects[mart])

    return of


def test_the_run_publishes_and_says_so(workspace: Workspace, first_run: Outcome) -> None:
    assert first_run.code == 0, first_run.output
    for told in ("PUBLISHED site golden as of 2026-07-01 00:00:00 UTC", "fct_ticket_sla", "make ui"):
        assert told in first_run.output
    assert str(workspace.paths.published) in first_run.output


def test_every_hand_worked_expectation_holds(rows: Callable[[str], list[Row]]) -> None:
    expected = expectations(golden_folder())
    assert len(expected) > 300
    problems = [
        f"{row['case']}: {row['table']} {row['ticket_id']} {row['metric']}: {problem}"
        for row in expected
        if (problem := difference(row, rows(row["table"])))
    ]
    assert not problems, "\n".join(problems)


def test_every_mart_and_column_says_in_the_file_what_it_is(workspace: Workspace, first_run: Outcome) -> None:
    assert first_run.code == 0, first_run.output
    with duckdb.connect(str(workspace.paths.published), read_only=True) as published:
        said = published.execute(
            "select table_name, null as column_name, comment from duckdb_tables()"
            " union all"
            " select table_name, column_name, comment from duckdb_columns() where schema_name = 'marts'"
        ).fetchall()
    assert len(said) > 1300
    assert [row[:2] for row in said if not row[2]] == []


def test_every_row_delivered_is_accounted_for(workspace: Workspace, first_run: Outcome) -> None:
    files = {("golden", "tickets"): "golden/tickets.csv", ("bare", "ticket_events"): "bare/ticket_events.csv"}
    report = {
        (source, entity): counts
        for source, entity, *counts in workspace.query(
            "select source_id, entity, read, loaded, quarantined, duplicates from served.marts.load_report"
        )
    }
    for key, file in files.items():
        lines = (golden_folder() / "data" / file).read_text(encoding="utf-8").splitlines()
        assert report[key][0] == len(lines) - 1
    assert all(read == sum(rest) for read, *rest in report.values())


def test_a_second_run_with_nothing_new_is_quick_and_changes_nothing(
    workspace: Workspace, first_run: Outcome
) -> None:
    before, published_at = workspace.content(), _published_at(workspace)
    again = workspace.run()
    assert again.code == 0, again.output
    assert "sources: nothing new" in again.output
    assert "models: nothing new since they were built" in again.output
    assert again.processor_seconds < QUICK_SHARE * first_run.processor_seconds
    assert workspace.content() == before
    assert _published_at(workspace) > published_at


def test_readers_see_whole_publications_and_a_full_refresh_gives_the_same_content(
    workspace: Workspace, first_run: Outcome
) -> None:
    before = workspace.content()
    with _reading_all_the_time(workspace) as seen:
        later = workspace.run(AS_OF="2026-07-02T00:00:00Z")
    assert later.code == 0, later.output
    assert "models: nothing new" not in later.output
    assert seen, "nothing was read during the run"
    assert {as_of for as_of, _, _ in seen} >= {"2026-07-01 00:00:00"}
    assert all(promised == counted for _, promised, counted in seen)
    # Back at the first instant, built from scratch, everything is as it was: what the first run and the
    # incremental ones left in the build file makes no difference.
    back = workspace.run(FULL_REFRESH="1")
    assert back.code == 0, back.output
    assert workspace.content() == before


def _published_at(workspace: Workspace) -> int:
    [(instant,)] = workspace.query("select max(epoch_us(published_at)) from served.marts.publication")
    return int(instant)


@contextmanager
def _reading_all_the_time(workspace: Workspace) -> Iterator[list[tuple[str, int, int]]]:
    """Collect (as_of, rows the manifest promises, rows there are) again and again until left."""
    seen: list[tuple[str, int, int]] = []
    ended = threading.Event()

    def read() -> None:
        while not ended.wait(0.2):
            seen.extend(
                workspace.query(
                    "select strftime(as_of::timestamp, '%Y-%m-%d %H:%M:%S'), rows,"
                    " (select count(*) from served.marts.fct_ticket_segments)"
                    " from served.marts.publication where mart = 'fct_ticket_segments'"
                )
            )

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield seen
    finally:
        ended.set()
        reader.join()
