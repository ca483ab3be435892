"""Noticing new files: cheap, and only when something differs."""

from __future__ import annotations

import os
import shutil
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


def _says(answer: object) -> str:
    assert isinstance(answer, dg.SkipReason)
    return answer.skip_message or ""


def test_a_run_is_asked_for_once_two_looks_see_the_same(context: dg.SensorEvaluationContext) -> None:
    assert "perhaps still being copied: 1 files" in _says(new_files(context))
    second = new_files(context)
    assert isinstance(second, dg.SensorResult) and len(second.run_requests or []) == 1
    assert "nothing new: 1 files" in _says(new_files(context))


def test_a_file_that_grows_between_two_looks_is_waited_for(
    context: dg.SensorEvaluationContext, site: Site
) -> None:
    file = site.folder / "deliveries" / "tickets.csv"
    for part in range(3):
        file.write_text("ticket_id\n" + "1\n" * (part + 2), encoding="utf-8")
        assert "perhaps still being copied" in _says(new_files(context))
    assert isinstance(new_files(context), dg.SensorResult)


def test_a_change_taken_back_needs_no_run(context: dg.SensorEvaluationContext, site: Site) -> None:
    new_files(context)
    new_files(context)
    late = site.folder / "deliveries" / "tickets_late.csv"
    late.write_text("ticket_id\n2\n", encoding="utf-8")
    assert "perhaps still being copied: 2 files" in _says(new_files(context))
    late.unlink()
    assert "nothing new: 1 files" in _says(new_files(context))
    late.write_text("ticket_id\n2\n", encoding="utf-8")  # two looks in a row, not two in all
    assert "perhaps still being copied: 2 files" in _says(new_files(context))


def test_a_cursor_of_the_version_before_is_understood(
    context: dg.SensorEvaluationContext, site: Site
) -> None:
    context.update_cursor(look_at_files(site).fingerprint)
    assert "nothing new" in _says(new_files(context))


def test_a_folder_that_is_not_there_is_said_and_no_run(
    context: dg.SensorEvaluationContext, site: Site
) -> None:
    shutil.rmtree(site.folder / "deliveries")
    assert "does not exist; check `path` in site.yml" in _says(new_files(context))


def test_nothing_delivered_does_not_run(context: dg.SensorEvaluationContext, site: Site) -> None:
    (site.folder / "deliveries" / "tickets.csv").unlink()
    assert "nothing delivered yet" in _says(new_files(context))


@pytest.mark.parametrize("change", ["grown", "touched", "added", "removed", "settings"])
def test_any_change_of_files_is_noticed(site: Site, change: str) -> None:
    file = Path(site.sources[0].path) / "tickets.csv"
    before = look_at_files(site)
    assert look_at_files(site) == before
    if change == "grown":
        file.write_text("ticket_id\n1\n2\n", encoding="utf-8")
    elif change == "touched":
        os.utime(file, (1, 1))
    elif change == "added":
        (file.parent / "ticket_events").mkdir()
        (file.parent / "ticket_events" / "part.csv").write_text("x", encoding="utf-8")
    elif change == "settings":
        (site.folder / "site.yml").write_text("site: north\ntimezone: UTC\n", encoding="utf-8")
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
    assert str(seen) == "2 files, 0.0 MB"


def test_a_file_that_no_load_would_read_is_no_delivery(site: Site) -> None:
    before = look_at_files(site)
    for name in (".tickets.csv.part", "readme.txt"):
        (site.folder / "deliveries" / name).write_text("x", encoding="utf-8")
    assert look_at_files(site) == before
