"""dbt in process: parsed once, told its variables without parsing again, its results as it left them."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from ingestion.paths import Paths
from orchestration import dbt_runner
from orchestration.dbt_runner import DbtError, build, last_results, load_manifest, prepare_manifest

PROJECT = {
    "dbt_project.yml": (
        "name: small\nversion: '1.0.0'\nprofile: small\nvars: {as_of: never}\n"
        "models: {+materialized: table}\n"
    ),
    "profiles.yml": (
        "small:\n  target: dev\n  outputs:\n    dev: {type: duckdb, schema: marts,"
        " path: \"{{ env_var('DATA_DIR') }}/warehouse.duckdb\"}\n"
    ),
    "models/good.sql": "select 1 as id, '{{ var('as_of') }}' as as_of",
    "models/broken.sql": "select nonsense from {{ ref('good') }}",
    "models/after.sql": "select * from {{ ref('broken') }}",
    "models/models.yml": (
        "models:\n  - name: good\n    columns:\n      - {name: id, data_tests: [unique]}\n"
        "      - {name: as_of, data_tests: [{accepted_values: {arguments: {values: [noon]}}}]}\n"
    ),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a good model, one that fails, one after it, a test that passes and one that may not."""
    folder = tmp_path / "project"
    for name, content in PROJECT.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def _statuses(paths: Paths) -> dict[str, str]:
    results = last_results(paths, _nodes(paths))
    return {result.node["name"].split("_good")[0]: result.status for result in results}


def _nodes(paths: Paths) -> dict[str, object]:
    text = (dbt_runner.dbt_folder(paths) / "target" / "manifest.json").read_text(encoding="utf-8")
    return dict(json.loads(text)["nodes"])


def test_results_tell_built_failed_and_skipped_and_the_build_file_is_closed(
    paths: Paths, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths.data_dir.mkdir()
    prepare_manifest(paths, project)
    parses: list[Path] = []
    monkeypatch.setattr(dbt_runner, "_parse", lambda paths, project: parses.append(project))
    finished: list[str] = []
    for as_of in ("noon", "midnight"):
        build(
            paths, {"as_of": as_of}, project=project,
            on_finished=lambda unique_id, status, seconds: finished.append(status),
        )  # fmt: skip
        with duckdb.connect(str(paths.warehouse), read_only=True) as connection:
            assert connection.execute("select * from marts.good").fetchall() == [(1, as_of)]
        passes = as_of == "noon"
        assert _statuses(paths) == {
            "good": "success",
            "unique": "pass",
            "accepted_values": "pass" if passes else "fail",
            "broken": "error" if passes else "skipped",
            "after": "skipped",
        }
        blocking = [r.node["name"] for r in last_results(paths, _nodes(paths)) if r.is_blocking]
        assert [name.split("_good")[0] for name in blocking] == ["broken" if passes else "accepted_values"]
    assert parses == [], "other variables must not mean parsing again"
    assert finished.count("success") == 2 and finished.count("fail") == 1


def test_the_project_is_parsed_again_only_when_a_file_has_changed(
    paths: Paths, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parses: list[Path] = []

    def parse(paths: Paths, project: Path) -> None:
        parses.append(project)
        target = dbt_runner.dbt_folder(paths) / "target"
        target.mkdir(exist_ok=True)
        (target / "manifest.json").write_text("{}", encoding="utf-8")

    monkeypatch.setattr(dbt_runner, "_parse", parse)
    for _ in range(2):
        prepare_manifest(paths, project)
    assert len(parses) == 1
    (project / "target").mkdir()
    (project / "target" / "compiled.sql").write_text("select 1", encoding="utf-8")
    (project / "models" / "good.sql").touch()
    prepare_manifest(paths, project)
    assert len(parses) == 1, "what dbt writes and times of change do not matter"
    (project / "models" / "good.sql").write_text("select 2 as id", encoding="utf-8")
    prepare_manifest(paths, project)
    assert len(parses) == 2


def test_a_project_that_does_not_parse_is_an_error_each_time(paths: Paths, project: Path) -> None:
    (project / "models" / "good.sql").write_text("select {{ ref('nobody') }}", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(DbtError, match="nobody"):
            prepare_manifest(paths, project)


def test_the_real_project_parses(paths: Paths) -> None:
    manifest = load_manifest(paths)
    assert any(node["name"] == "fct_tickets" for node in manifest["nodes"].values())
