"""The gate as a whole: outcomes, what is kept, that nothing stays open, exit codes."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

import expectations
from expectations.__main__ import main
from expectations.gate import NoWarehouseError
from expectations.results import read_outcome
from expectations.suites import Suite, load_suites
from ingestion.lock import record_site
from ingestion.paths import Paths
from ingestion.site import Site
from tests.expectations.conftest import Warehouse
from tests.expectations.valid_marts import build_marts, empty_marts
from tests.expectations.valid_raw import build_raw

Copy = Callable[[tuple[Path, Site]], Warehouse]


def _suites_of(*tables: str) -> list[Suite]:
    """Suites of a few raw tables: a whole gate takes seconds."""
    return [suite for suite in load_suites("raw") if suite.table.removeprefix("raw.") in tables]


def test_a_valid_raw_schema_opens_the_gate(valid_raw: tuple[Path, Site], copy_of: Copy) -> None:
    warehouse = copy_of(valid_raw)
    gate = expectations.run(warehouse.site, warehouse.paths, "raw", run_id="r1")
    assert [result for result in gate.results if result.outcome != "passed"] == []
    assert gate.is_open
    assert len({result.table for result in gate.results}) == len(load_suites("raw")) - 1


@pytest.mark.parametrize("seed", [2, 11, 12])
def test_marts_of_the_reference_open_the_gate(
    seed: int, tmp_path: Path, valid_marts: tuple[Path, Site]
) -> None:
    as_of = build_marts(tmp_path / "warehouse.duckdb", tmp_path / "site", seed=seed)
    gate = expectations.run(valid_marts[1], Paths(tmp_path), "marts", as_of=as_of)
    assert [(r.table, r.check, r.observed) for r in gate.results if r.outcome != "passed"] == []


def test_empty_raw_tables_open_the_gate_with_a_warning(tmp_path: Path, valid_raw: tuple[Path, Site]) -> None:
    build_raw(tmp_path / "warehouse.duckdb", with_rows=False)
    gate = expectations.run(valid_raw[1], Paths(tmp_path), "raw")
    assert gate.is_open
    assert [(r.table, r.check) for r in gate.warnings] == [("raw.canonical__tickets", "has_tickets")]


def test_empty_marts_open_the_gate(valid_marts: tuple[Path, Site], copy_of: Copy) -> None:
    warehouse = copy_of(valid_marts)
    empty_marts(warehouse.file)
    gate = expectations.run(warehouse.site, warehouse.paths, "marts")
    assert [result for result in gate.results if result.outcome != "passed"] == []


def test_nothing_holds_the_file_after_a_gate(valid_raw: tuple[Path, Site], copy_of: Copy) -> None:
    warehouse = copy_of(valid_raw)
    for _ in range(2):
        expectations.run(warehouse.site, warehouse.paths, "raw", suites=load_suites("raw")[:3])
        warehouse.execute("create or replace table proof as select 42 as answer")
    assert warehouse.execute("from proof") == [(42,)]
    command = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute('drop table proof')"
    subprocess.run([sys.executable, "-c", command, str(warehouse.file)], check=True)


def test_nothing_holds_the_file_after_a_gate_that_broke(valid_raw: tuple[Path, Site], copy_of: Copy) -> None:
    warehouse = copy_of(valid_raw)

    def stop(text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        expectations.run(warehouse.site, warehouse.paths, "raw", progress=stop)
    warehouse.execute("create table proof (answer integer)")


def test_a_gate_calls_nobody(
    valid_raw: tuple[Path, Site], copy_of: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object) -> None:
        raise AssertionError(f"a gate opened a connection: {arguments}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    warehouse = copy_of(valid_raw)
    assert expectations.run(warehouse.site, warehouse.paths, "raw", suites=load_suites("raw")[:3]).is_open


def test_a_missing_table_is_errored_and_blocks(valid_raw: tuple[Path, Site], copy_of: Copy) -> None:
    warehouse = copy_of(valid_raw)
    warehouse.execute("drop table raw.canonical__groups")
    results = warehouse.ask("raw", "raw.canonical__groups")
    assert {result.outcome for result in results} == {"errored"}
    assert {result.observed for result in results} == {"the warehouse has no table raw.canonical__groups"}
    assert any(result.is_blocking for result in results)


@pytest.mark.parametrize("column", ["tier", "group_id"])
def test_a_missing_column_is_errored_and_says_so(
    column: str, valid_raw: tuple[Path, Site], copy_of: Copy
) -> None:
    """`tier` breaks a column expectation, `group_id` a query: the library reports the two differently."""
    warehouse = copy_of(valid_raw)
    warehouse.execute(f"alter table raw.canonical__groups drop column {column}")
    broken = [r for r in warehouse.ask("raw", "raw.canonical__groups") if r.outcome != "passed"]
    assert {result.outcome for result in broken} == {"errored"}
    assert all(column in result.observed for result in broken)
    assert all(result.unexpected_count is None and result.sample == () for result in broken)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ({"success": True}, ("passed", "")),
        ({"success": False, "exception_info": {"raised_exception": False}}, ("failed", "")),
        (
            {"success": False, "exception_info": {"raised_exception": True, "exception_message": "no"}},
            ("errored", "no"),
        ),
        (
            {
                "success": False,
                "exception_info": {
                    "a metric": {"raised_exception": False},
                    "another": {"raised_exception": True, "exception_message": "no such column"},
                },
            },
            ("errored", "no such column"),
        ),
        ({"success": False, "exception_info": {}}, ("failed", "")),
    ],
)
def test_an_outcome_is_read_from_either_shape_of_exception_info(
    answer: dict[str, object], outcome: tuple[str, str]
) -> None:
    assert read_outcome(answer) == outcome


def test_results_are_kept_as_a_table_and_as_json(valid_raw: tuple[Path, Site], copy_of: Copy) -> None:
    warehouse = copy_of(valid_raw)
    warehouse.execute("update raw.canonical__tickets set channel = 'fax' where ticket_id = 'T00001'")
    for run_id in ("r1", "r2"):
        gate = expectations.run(
            warehouse.site, warehouse.paths, "raw", run_id=run_id, suites=_suites_of("canonical__tickets")
        )
    assert not gate.is_open
    kept = warehouse.execute(
        'select run_id, "table", outcome, severity, unexpected_count, sample, description '
        "from validation.expectation_results where \"check\" = 'channel_is_a_known_code' order by run_id"
    )
    assert [row[:5] for row in kept] == [
        (run_id, "raw.canonical__tickets", "failed", "blocking", 1) for run_id in ("r1", "r2")
    ]
    assert json.loads(str(kept[0][5])) == [{"source_id": "desk", "ticket_id": "T00001", "channel": "fax"}]
    assert str(kept[0][6]).startswith("The channel is one of")
    assert gate.report is not None
    report = json.loads(gate.report.read_text(encoding="utf-8"))
    assert (report["run_id"], report["stage"], report["is_open"]) == ("r2", "raw", False)
    assert len(report["results"]) == len(gate.results)


def test_bad_rows_of_a_file_count_until_it_is_sent_again(valid_raw: tuple[Path, Site], copy_of: Copy) -> None:
    warehouse = copy_of(valid_raw)

    def outcomes() -> list[str]:
        wanted = "quarantine_rate_is_under_the_limit"
        return [check.outcome for check in warehouse.ask("raw", "raw.load_report", wanted.__eq__)]

    row = "timestamp '2026-07-01', 'desk', 'tickets', 'new.csv'"
    warehouse.execute(f"insert into raw.load_report values (2, {row}, 2000, 0, 2000, 0)")
    assert outcomes() == ["failed"]
    # With its header only, since its rows came in another file.
    warehouse.execute(f"insert into raw.load_report values (3, {row}, 0, 0, 0, 0)")
    assert outcomes() == ["passed"]


def test_a_table_that_shrank_shuts_the_gate_until_it_is_accepted(
    valid_raw: tuple[Path, Site], copy_of: Copy
) -> None:
    warehouse = copy_of(valid_raw)
    [shared] = [suite for suite in load_suites("raw") if suite.is_shared]
    shared = replace(shared, checks=tuple(c for c in shared.checks if c.name == "did_not_shrink"))

    def shrunk(site: Site) -> set[str]:
        return {r.table for r in expectations.run(site, warehouse.paths, "raw", suites=[shared]).blocking}

    assert shrunk(warehouse.site) == set()
    warehouse.execute("delete from raw.canonical__voice_items where rating = 3")
    assert shrunk(warehouse.site) == {"raw.canonical__voice_items"}
    # A shut gate is no measure: the table stays too small.
    assert shrunk(warehouse.site) == {"raw.canonical__voice_items"}
    # Another site in the same file has no measure yet.
    assert shrunk(replace(warehouse.site, name="other")) == set()
    assert shrunk(replace(warehouse.site, allow_shrink=True)) == set()
    assert shrunk(warehouse.site) == set()


def test_without_a_warehouse_the_error_says_what_to_do(tmp_path: Path, valid_raw: tuple[Path, Site]) -> None:
    with pytest.raises(NoWarehouseError, match="python -m ingestion"):
        expectations.run(valid_raw[1], Paths(tmp_path), "raw")


def test_the_library_is_not_imported_before_a_gate_runs() -> None:
    command = (
        "import sys, expectations, expectations.gate, expectations.__main__, expectations.suites as s; "
        "s.load_suites('raw'); assert 'great_expectations' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", command], check=True)


@pytest.mark.parametrize(
    ("sql", "code", "shown"),
    [
        ("select 1", 0, "is open"),
        ("update raw.canonical__tickets set status = 'odd'", 0, "status_is_mapped"),
        ("update raw.canonical__tickets set priority = 'odd'", 1, "priority_is_a_known_code"),
        ("drop table raw.canonical__rubrics", 1, "the warehouse has no table raw.canonical__rubrics"),
    ],
)
def test_the_command_line_exits_with_one_only_if_a_blocking_check_is_not_passed(
    sql: str,
    code: int,
    shown: str,
    valid_raw: tuple[Path, Site],
    copy_of: Copy,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    few = _suites_of("canonical__tickets", "canonical__rubrics")
    monkeypatch.setattr("expectations.gate.load_suites", lambda stage: few)
    warehouse = copy_of(valid_raw)
    warehouse.execute(sql)
    site = warehouse.paths.data_dir / "site.yml"
    site.write_text(
        "site: test\ntimezone: Europe/Berlin\nas_of: '2026-07-01T00:00:00Z'\n"
        "sources: [{name: desk, connector: canonical_files, path: data}]\n",
        encoding="utf-8",
    )
    arguments = ["--site", str(site), "--data-dir", str(warehouse.paths.data_dir), "--stage", "raw"]
    assert main(arguments) == code
    assert shown in capsys.readouterr().out


def test_the_command_line_exits_with_two_if_nothing_could_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--site", str(tmp_path), "--data-dir", str(tmp_path)]) == 2
    assert "no such site" in capsys.readouterr().out.replace("\n", " ")


def _site_file(folder: Path, name: str = "test") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "site.yml"
    file.write_text(
        f"site: {name}\ntimezone: UTC\nsources: [{{name: s, connector: canonical_files, path: data}}]\n",
        encoding="utf-8",
    )
    return file


@pytest.mark.parametrize("knows_the_lock", [True, False])
def test_a_build_file_that_is_held_is_no_shut_gate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], knows_the_lock: bool
) -> None:
    site, paths = _site_file(tmp_path / "site"), Paths(tmp_path / "data")
    paths.data_dir.mkdir()
    duckdb.connect(str(paths.warehouse)).close()
    hold = (
        "from ingestion.lock import build_lock; from ingestion.paths import Paths; from pathlib import Path\n"
        "held = build_lock(Paths(Path(sys.argv[1]).parent), 'make run'); held.__enter__()"
        if knows_the_lock
        else "import duckdb; held = duckdb.connect(sys.argv[1])"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", f"import sys\n{hold}\nprint('held', flush=True); sys.stdin.read()",
         str(paths.warehouse)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    try:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        assert main(["--site", str(site), "--data-dir", str(paths.data_dir)]) == 2
    finally:
        holder.communicate(timeout=20)
    said = capsys.readouterr().out
    assert "Cannot check:" in said
    assert ("make run, pid" if knows_the_lock else "does a program hold it?") in said


def test_another_sites_build_file_is_not_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = Paths(tmp_path / "data")
    paths.data_dir.mkdir()
    duckdb.connect(str(paths.warehouse)).close()
    record_site(paths, "north")
    site = _site_file(tmp_path / "site", "south")
    assert main(["--site", str(site), "--data-dir", str(paths.data_dir)]) == 2
    assert "holds the state of site north, not of south" in capsys.readouterr().out
    with duckdb.connect(str(paths.warehouse)) as connection:
        assert connection.execute("select * from duckdb_tables()").fetchall() == []


def test_a_mistyped_data_folder_is_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = _site_file(tmp_path / "site")
    assert main(["--site", str(site), "--data-dir", str(tmp_path / "no")]) == 2
    assert "no warehouse yet" in capsys.readouterr().out
    assert not (tmp_path / "no").exists()
