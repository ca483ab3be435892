"""`python -m ingestion`: exit codes and messages."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest
import yaml

from ingestion.__main__ import main
from tests.ingestion.conftest import TICKET, TICKETS, Warehouse, csv


def _arguments(warehouse: Warehouse) -> list[str]:
    (warehouse.root / "site.yml").write_text(yaml.safe_dump(warehouse.site), encoding="utf-8")
    return ["--site", str(warehouse.root), "--data-dir", str(warehouse.paths.data_dir)]


def test_a_load_ends_with_a_summary(warehouse: Warehouse, capsys: pytest.CaptureFixture[str]) -> None:
    bad = TICKET.replace("email", "pigeon")
    warehouse.write(
        {"tickets.csv": csv(f"{TICKETS},[/colour]", f"{TICKET},red", f"{bad},red"), "x[red].txt": ""}
    )
    arguments = _arguments(warehouse)
    assert main(arguments) == 0
    said = capsys.readouterr().out
    for part in ("tickets", "50.00% in quarantine, above", "[column 6]", "s x[red].txt"):
        assert part in said
    assert main(arguments) == 0
    assert "nothing new" in capsys.readouterr().out


def test_every_problem_is_printed_and_the_exit_code_says_so(
    warehouse: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    warehouse.write({"tickets.csv": "", "ticket_events.csv": "event_id\n1\n"})
    assert main(_arguments(warehouse)) == 1
    said = capsys.readouterr().err
    assert "2 problem(s)" in said and "tickets.csv: is empty" in said and "ticket_id, occurred_at" in said


def test_a_site_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--site", str(tmp_path / "no")]) == 1
    assert "no such site" in capsys.readouterr().err


def test_a_simulated_site_is_written_once(warehouse: Warehouse, capsys: pytest.CaptureFixture[str]) -> None:
    warehouse.site["simulate"] = {"tickets": 100, "weeks": 2, "seed": 3}
    warehouse.site["sources"][0]["path"] = "${DATA_DIR}/simulated/tiny/helpdesk"
    arguments = _arguments(warehouse)
    assert main(arguments) == 0
    assert warehouse.value("SELECT count(*) FROM raw.canonical__tickets") == 100
    assert warehouse.value("SELECT count(*) FROM raw.quarantined_rows") == 0
    capsys.readouterr()
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert "nothing new" in said and "organisation" not in said


def test_real_deliveries_are_not_taken_for_a_simulated_site(
    warehouse: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    warehouse.site["simulate"] = {"tickets": 100, "weeks": 2, "seed": 3}
    real = warehouse.write({"tickets.csv": csv(TICKETS, TICKET)}, source="helpdesk").root / "helpdesk"
    inside = warehouse.paths.simulated / "tiny" / "helpdesk"
    inside.mkdir(parents=True)
    (inside / "tickets.csv").write_text("real, too", encoding="utf-8")
    for path, told in (
        ("helpdesk", "written into the data folder"),
        ("${DATA_DIR}/helpdesk", "written into the data folder"),
        ("${DATA_DIR}/simulated/tiny/helpdesk", "did not write"),
    ):
        warehouse.site["sources"][0]["path"] = path
        assert main(_arguments(warehouse)) == 1
        assert told in capsys.readouterr().err
    assert (warehouse.root / "site.yml").is_file() and (real / "tickets.csv").is_file()
    assert (inside / "tickets.csv").is_file()


def test_a_folder_that_another_run_works_in_is_left_alone(
    warehouse: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    warehouse.write({"tickets.csv": csv(TICKETS, TICKET)})
    theirs = warehouse.paths.scratch / "spill"
    theirs.mkdir(parents=True)
    with (warehouse.paths.data_dir / "run.lock").open("w", encoding="utf-8") as lock:
        # A second opening of the file: to the system as good as another process.
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write('{"pid": 17, "holder": "make run", "since": "2026-01-01"}')
        lock.flush()
        assert main(_arguments(warehouse)) == 2
    said = capsys.readouterr().err
    assert "nothing was loaded: another run holds" in said and "make run, pid 17" in said
    assert theirs.is_dir()
    assert main(_arguments(warehouse)) == 0


def test_two_sites_are_not_mixed_in_one_folder(
    warehouse: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    warehouse.write({"tickets.csv": csv(TICKETS, TICKET)})
    assert main(_arguments(warehouse)) == 0
    warehouse.site["site"] = "other"
    warehouse.write({"tickets.csv": csv(TICKETS, TICKET.replace("t1", "t2"))})
    capsys.readouterr()
    assert main(_arguments(warehouse)) == 2
    said = capsys.readouterr().err
    assert "holds the state of site test, not of other" in said
    assert "make run" in said and "another DATA_DIR" in said
    assert warehouse.value("SELECT min(ticket_id) || max(ticket_id) FROM raw.canonical__tickets") == "t1t1"


def test_a_site_whose_state_was_set_aside_does_not_start_anew(
    warehouse: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    warehouse.paths.set_aside("test").mkdir(parents=True)
    (warehouse.paths.set_aside("test") / warehouse.paths.warehouse.name).touch()
    assert main(_arguments(warehouse)) == 2
    assert "was set aside in" in capsys.readouterr().err
