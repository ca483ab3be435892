"""A run's inputs: where as_of comes from, what dbt is told, what Dagster's home holds."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from ingestion.paths import Paths
from orchestration.settings import AS_OF_TAG, FULL_REFRESH_TAG, prepare_dagster_home, run_settings

STARTED = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.fixture
def site_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site without as_of, chosen by the environment."""
    file = tmp_path / "site.yml"
    file.write_text(
        "site: north\ntimezone: Asia/Kathmandu\nsources: [{name: a, path: a}]\n", encoding="utf-8"
    )
    monkeypatch.setenv("SITE", str(file))
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    for name in ("AS_OF", "FULL_REFRESH"):
        monkeypatch.delenv(name, raising=False)
    return file


def test_as_of_is_the_start_unless_site_environment_or_tag_say_otherwise(
    site_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_settings(STARTED, {}).as_of == STARTED
    with site_file.open("a", encoding="utf-8") as file:
        file.write('as_of: "2026-06-01T00:00:00+05:45"\n')
    assert run_settings(STARTED, {}).as_of == datetime(2026, 5, 31, 18, 15, tzinfo=UTC)
    monkeypatch.setenv("AS_OF", "2026-05-01T00:00:00Z")
    assert run_settings(STARTED, {}).as_of == datetime(2026, 5, 1, tzinfo=UTC)
    tagged = run_settings(STARTED, {AS_OF_TAG: "2026-04-01T02:00:00+02:00"})
    assert tagged.as_of == datetime(2026, 4, 1, tzinfo=UTC)
    assert tagged.site.as_of == tagged.as_of


def test_an_as_of_tag_without_offset_is_refused(site_file: Path) -> None:
    with pytest.raises(ValueError, match="no offset"):
        run_settings(STARTED, {AS_OF_TAG: "2026-04-01T00:00:00"})


def test_dbt_is_told_naive_utc_zone_and_name(site_file: Path) -> None:
    assert run_settings(STARTED, {}).dbt_variables == {
        "as_of": "2026-07-01 12:00:00.000000",
        "site_timezone": "Asia/Kathmandu",
        "site_name": "north",
        "minors_minimum_cell": "5",
    }


@pytest.mark.parametrize(
    ("flag", "expected"), [("1", True), ("true", True), ("0", False), ("", False), ("no", False)]
)
def test_full_refresh_comes_from_environment_or_tag(
    site_file: Path, monkeypatch: pytest.MonkeyPatch, flag: str, expected: bool
) -> None:
    monkeypatch.setenv("FULL_REFRESH", flag)
    assert run_settings(STARTED, {}).full_refresh is expected
    assert run_settings(STARTED, {FULL_REFRESH_TAG: "true"}).full_refresh
    assert not run_settings(STARTED, {FULL_REFRESH_TAG: "false"}).full_refresh


def test_dagster_home_has_freshness_and_a_pool_limit_and_no_telemetry(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "elsewhere")
    monkeypatch.setenv("DATA_DIR", "elsewhere")
    prepare_dagster_home(paths)
    assert os.environ["DAGSTER_HOME"] == str(paths.dagster_home)
    content = yaml.safe_load((paths.dagster_home / "dagster.yaml").read_text(encoding="utf-8"))
    assert content["freshness"] == {"enabled": True}
    assert content["concurrency"]["pools"]["default_limit"] == 1
    assert content["telemetry"] == {"enabled": False}
