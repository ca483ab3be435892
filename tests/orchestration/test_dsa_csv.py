"""The filing as CSV: the template's columns in its order, one file per period, from what is published."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from ingestion.paths import Paths
from orchestration import dsa_csv


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A published file with a closed period in two versions, the latter with a service named `a, "b"`."""
    made = Paths(tmp_path)
    made.published.parent.mkdir()
    with duckdb.connect(str(made.published)) as connection:
        connection.execute("create schema marts.marts")
        connection.execute("""
            create table marts.marts.rpt_dsa_appeals as
            select * from (values
                ('2025-07-01/2025-12-31', 'old', 'S', 'I', 'Total number', 1.0, 1, false, true),
                ('2025-07-01/2025-12-31', 'a, "b"', 'S', 'I', 'Median time', 80.39027778, 2, true, true),
                ('2025-07-01/2025-12-31', 'a, "b"', 'S', 'I', 'Total number', 15411338.0, 1, true, true),
                ('2025-07-01/2025-12-31', 'a, "b"', 'S', 'I', 'Decision omitted', null, 3, true, true),
                ('2026-01-01/2026-06-30', 'a, "b"', 'S', 'I', 'Total number', 0.0, 1, true, false)
            ) as t (
                reporting_period, service, section, indicator, scope, value, row_no, is_current, is_closed
            )
        """)
    return made


def test_columns_and_values_are_those_of_the_template(paths: Paths) -> None:
    closed, running = dsa_csv.write(paths)
    assert closed.name == "dsa_appeals_2025-07-01_2025-12-31.csv"
    assert running.name == "dsa_appeals_2026-01-01_2026-06-30_so_far.csv"
    with closed.open(encoding="utf-8", newline="") as lines:
        header, *rows = list(csv.reader(lines))
    assert header == [
        "Applicability", "Service", "Reporting period", "Section", "Indicator", "Scope", "Value",
        "Contextual Information",
    ]  # fmt: skip
    assert [row[1:] for row in rows] == [
        ['a, "b"', "2025-07-01/2025-12-31", "S", "I", "Total number", "15411338", ""],
        ['a, "b"', "2025-07-01/2025-12-31", "S", "I", "Median time", "80.390278", ""],
        ['a, "b"', "2025-07-01/2025-12-31", "S", "I", "Decision omitted", "", ""],
    ]


def test_a_period_that_closed_leaves_no_file_of_its_course(paths: Paths) -> None:
    dsa_csv.write(paths)
    with duckdb.connect(str(paths.published)) as connection:
        connection.execute("update marts.marts.rpt_dsa_appeals set is_closed = true")
    dsa_csv.write(paths)
    assert sorted(file.name for file in paths.published.parent.glob("*.csv")) == [
        "dsa_appeals_2025-07-01_2025-12-31.csv",
        "dsa_appeals_2026-01-01_2026-06-30.csv",
    ]


def test_without_a_publication_nothing_is_written(tmp_path: Path) -> None:
    assert dsa_csv.write(Paths(tmp_path)) == ()


def test_the_command_writes_the_files_of_a_data_folder(
    paths: Paths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dsa_csv.main(["--data-dir", str(paths.data_dir)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert dsa_csv.main(["--data-dir", str(tmp_path / "elsewhere")]) == 1
    assert "nothing to write" in capsys.readouterr().err
