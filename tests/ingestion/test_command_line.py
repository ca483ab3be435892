"""`python -m ingestion`: exit codes and messages."""

from __future__ import annotations

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
    for part in ("tickets", "50.00% in quarantine, above", "[/colour]", "s x[red].txt"):
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
