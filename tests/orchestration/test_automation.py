"""Noticing new files: cheap, and only when something differs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from ingestion.site import Site
from orchestration import automation
from orchestration.automation import look_at_files, new_files


@pytest.fixture
def context(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.SensorEvaluationContext]:
    """A sensor's context that has seen nothing yet."""
    monkeypatch.setattr(automation, "load_site", lambda: site)
    with dg.DagsterInstance.ephemeral() as instance, dg.build_sensor_context(instance) as context:
        yield context


def test_first_look_runs_second_look_says_what_it_saw(context: dg.SensorEvaluationContext) -> None:
    first = new_files(context)
    assert isinstance(first, dg.SensorResult) and first.run_requests
    context.update_cursor(first.cursor)
    second = new_files(context)
    assert isinstance(second, dg.SkipReason)
    assert "nothing new: 1 files" in (second.skip_message or "")


def test_nothing_delivered_does_not_run(context: dg.SensorEvaluationContext, site: Site) -> None:
    (site.folder / "deliveries" / "tickets.csv").unlink()
    answer = new_files(context)
    assert isinstance(answer, dg.SkipReason)
    assert "nothing delivered yet" in (answer.skip_message or "")


@pytest.mark.parametrize("change", ["grown", "touched", "added", "removed"])
def test_any_change_of_files_is_noticed(site: Site, change: str) -> None:
    file = Path(site.sources[0].path) / "tickets.csv"
    before = look_at_files(site)
    assert look_at_files(site) == before
    if change == "grown":
        file.write_text("ticket_id\n1\n2\n", encoding="utf-8")
    elif change == "touched":
        os.utime(file, (1, 1))
    elif change == "added":
        (file.parent / "events").mkdir()
        (file.parent / "events" / "part.csv").write_text("x", encoding="utf-8")
    else:
        file.unlink()
    assert look_at_files(site).fingerprint != before.fingerprint


def test_urls_and_shared_reference_are_looked_at_too(site: Site, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "holidays.csv").write_text("schedule_id\n", encoding="utf-8")
    source = replace(site.sources[0], path=f"file://{site.sources[0].path}")
    seen = look_at_files(replace(site, sources=(source,), shared_reference=shared))
    assert seen.files == 2
    assert seen.newest is not None
