"""The comparison finds nothing in right marts and every kind of planted error in wrong ones."""

from __future__ import annotations

from pathlib import Path
from random import Random

import duckdb
import pytest

from .compare import MartsFile, compare, history
from .instants import datetime_of
from .oracle import work_out
from .random_sites import generate, write
from .site_files import SiteData, read_site


@pytest.fixture
def site(tmp_path: Path) -> SiteData:
    return read_site(write(generate(Random(3), 80), tmp_path / "site"))


@pytest.fixture
def file(site: SiteData, tmp_path: Path) -> Path:
    """A marts file that holds exactly what the reference says."""
    import pyarrow as pa

    file = tmp_path / "built.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("create schema if not exists marts")
        for mart, rows in work_out(site).items():
            instants = {
                c for r in rows.values() for c in r if c.endswith("_at") or c in ("valid_from", "valid_to")
            }
            typed = [
                {c: datetime_of(v) if c in instants and v is not None else v for c, v in row.items()}
                for row in rows.values()
            ]
            connection.register("rows", pa.Table.from_pylist(typed))
            connection.execute(f"create table marts.{mart} as select * from rows")
    return file


def differences(site: SiteData, file: Path) -> dict[tuple[str, str], int]:
    return compare(site, MartsFile(file, "marts")).counts


def change(file: Path, statement: str) -> None:
    with duckdb.connect(str(file)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("use marts")
        connection.execute(statement)


def test_right_marts_have_no_differences(site: SiteData, file: Path) -> None:
    assert differences(site, file) == {}


@pytest.mark.parametrize(
    ("statement", "mart", "what"),
    [
        ("delete from fct_replies where reply_no = 2", "fct_replies", "missing rows"),
        ("update fct_replies set event_id = 'x' where reply_no = 2", "fct_replies", "extra rows"),
        ("insert into fct_tickets from fct_tickets limit 1", "fct_tickets", "duplicate keys"),
        (
            "insert into fct_tickets select * replace ('new one' as ticket_id) from fct_tickets limit 1",
            "fct_tickets",
            "rows of tickets that do not exist",
        ),
        ("alter table fct_tickets drop closed_at", "fct_tickets", "column closed_at is missing"),
        (
            "update fct_ticket_sla set elapsed_seconds = elapsed_seconds + 0.01",
            "fct_ticket_sla",
            "column elapsed_seconds",
        ),
        ("update fct_ticket_sla set due_at = null", "fct_ticket_sla", "column due_at"),
        (
            "update fct_ticket_sla set breached_at = breached_at + interval 1 microsecond",
            "fct_ticket_sla",
            "column breached_at",
        ),
        ("update fct_ticket_segments set tier = 'T9'", "fct_ticket_segments", "column tier"),
    ],
)
def test_a_planted_error_is_found(site: SiteData, file: Path, statement: str, mart: str, what: str) -> None:
    change(file, statement)
    found = differences(site, file)
    assert found.get((mart, what), 0) > 0
    assert all(key[0] == mart for key in found)


def test_the_report_shows_the_history_of_the_first_ticket(site: SiteData, file: Path) -> None:
    change(file, "update fct_ticket_sla set status = 'odd'")
    report = compare(site, MartsFile(file, "marts"))
    assert report.first_ticket is not None
    assert report.first_ticket[1] in history(site, report.first_ticket)
    assert "fct_ticket_sla: column status" in report.text()


def test_a_file_may_be_called_like_the_schema(site: SiteData, file: Path) -> None:
    assert differences(site, file.rename(file.with_name("marts.duckdb"))) == {}
