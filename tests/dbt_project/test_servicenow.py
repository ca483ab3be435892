"""The real ServiceNow log through the warehouse: rows accounted for, marts against the log's own columns.

Belongs here: what the staging of ServiceNow makes of the log, on every odd ticket and some hundred others.
Does not belong here: a run over all of the log (docs/servicenow.md says how).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.dbt_project import build, servicenow_log
from tests.reference import compare as judge
from tests.reference.instants import parse_instant
from tests.reference.site_files import read_site

pytestmark = pytest.mark.skipif(
    not servicenow_log.LOG.is_file(), reason=f"the real log is not here: {servicenow_log.LOG}"
)

OTHER_TICKETS = 1500


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse built from the small site."""
    folder = tmp_path_factory.mktemp("servicenow")
    site = servicenow_log.write_small_site(folder / "site", OTHER_TICKETS)
    build.load(site, folder / "data")
    build.build(site, folder / "data", exclude=())
    return folder


@pytest.fixture(scope="module")
def warehouse(data_dir: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The built warehouse, attached under its own name as its views need it, with the log as table `log`."""
    connection = duckdb.connect()
    servicenow_log.read_log(connection, data_dir / "site" / "log" / "incident_event_log.csv.gz")
    connection.execute("set TimeZone = 'America/Sao_Paulo'")
    connection.execute(f"attach '{data_dir / 'data' / 'warehouse.duckdb'}' as warehouse (read_only)")
    connection.execute(
        "create table last as"
        " select number, arg_max(columns(* exclude (number, line)), line) from log group by number"
    )
    yield connection
    connection.close()


def value(connection: duckdb.DuckDBPyConnection, query: str) -> object:
    """The single value of a query."""
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def test_all_of_the_log_is_what_its_readme_says() -> None:
    connection = duckdb.connect()
    servicenow_log.read_log(connection, servicenow_log.LOG)
    doubled = "select 1 from log group by number, sys_mod_count having count(*) > 1"
    assert value(connection, "select count(*) from log") == 141_712
    assert value(connection, "select count(distinct number) from log") == 24_918
    assert value(connection, f"select count(*) from ({doubled})") == 5
    assert value(connection, "select count(*) from log where incident_state = '-100'") == 5


def test_read_rows_are_loaded_or_doubled(warehouse: duckdb.DuckDBPyConnection) -> None:
    read, loaded, quarantined, duplicates = warehouse.execute(
        "select read, loaded, quarantined, duplicates from warehouse.raw.load_report"
        " where entity = 'incidents'"
    ).fetchall()[0]
    assert read == value(warehouse, "select count(*) from log")
    assert (quarantined, duplicates) == (0, 5)
    assert loaded == read - 5
    assert loaded == value(warehouse, "select count(*) from warehouse.staging.stg_servicenow__incidents")


def test_each_version_is_a_ticket_a_change_or_a_change_of_nothing_tracked(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    """Worked out from the log's lines, which are in version order, without the staging models."""
    changing = """
        select distinct number || '/' || sys_mod_count as version from (
            select *, lag(number) over (order by line) as previous_number,
                concat_ws('|', incident_state, priority, assignment_group, assigned_to, category, subcategory)
                    as tracked,
                lag(tracked) over (order by line) as previous_tracked
            from log
            where line not in (
                -- of two rows with the same version the one saved earlier is gone
                select unnest([arg_min(line, strptime(sys_updated_at, '%d/%m/%Y %H:%M'))]) from log
                group by number, sys_mod_count having count(*) > 1
            )
        )
        where case when number is distinct from previous_number then incident_state <> 'New'
            else tracked <> previous_tracked end
    """
    made = """
        select distinct ticket_id || '/' || sequence_no as version
        from warehouse.staging.stg_servicenow__ticket_events
    """
    assert warehouse.execute(f"{changing} except {made}").fetchall() == []
    assert warehouse.execute(f"{made} except {changing}").fetchall() == []
    assert value(warehouse, "select count(distinct number) from log") == value(
        warehouse, "select count(*) from warehouse.marts.fct_tickets"
    )


def test_reopen_count_is_the_log_s_own(warehouse: duckdb.DuckDBPyConnection) -> None:
    agree, differ, reopened = warehouse.execute(
        """
        select
            count(*) filter (tickets.reopen_count = last.reopen_count::int),
            count(*) filter (tickets.reopen_count <> last.reopen_count::int),
            count(*) filter (last.reopen_count::int > 0)
        from last inner join warehouse.marts.fct_tickets as tickets on tickets.ticket_id = last.number
        """
    ).fetchall()[0]
    assert differ == 0
    assert agree == value(warehouse, "select count(*) from last")
    assert reopened == 275


def test_held_time_of_groups_partitions_each_ticket_s_life(warehouse: duckdb.DuckDBPyConnection) -> None:
    residual = value(
        warehouse,
        f"""
        select max(abs(
            held.seconds - (epoch(timestamptz '{servicenow_log.AS_OF}+00') - epoch(tickets.created_at))
        ))
        from warehouse.marts.fct_tickets as tickets
        left join (
            select ticket_key, sum(seconds) as seconds from (
                select ticket_key, group_id, sum(seconds_calendar) as seconds
                from warehouse.marts.fct_ticket_segments group by 1, 2
            ) group by 1
        ) as held using (ticket_key)
        """,
    )
    assert residual == 0


def test_tickets_close_when_the_log_says(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Where the two differ a closed incident was saved again, which moves the log's `closed_at`."""
    unexplained = """
        select last.number from last
        inner join warehouse.marts.fct_tickets as tickets on tickets.ticket_id = last.number
        where tickets.closed_at is distinct from
                timezone('America/Sao_Paulo', strptime(last.closed_at, '%d/%m/%Y %H:%M'))
            and (
                select count(*) from log where log.number = last.number and incident_state = 'Closed'
            ) < 2
    """
    assert warehouse.execute(unexplained).fetchall() == []


def test_state_minus_100_counts_as_open(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = warehouse.execute(
        "select ticket_id, status_category from warehouse.marts.fct_ticket_segments"
        " where status = '-100' order by 1"
    ).fetchall()
    assert found == [("0028089", "open"), ("0030413", "open")]


def test_marts_equal_the_reference(data_dir: Path) -> None:
    built = data_dir / "data" / "warehouse.duckdb"
    site = servicenow_log.write_canonical_site(built, data_dir / "canonical")
    marts = judge.MartsFile(built, "marts")
    report = judge.compare(read_site(site, parse_instant(servicenow_log.AS_OF, "UTC")), marts)
    marts.connection.close()
    assert not report.counts, report.text()
    assert report.rows["fct_tickets"] > OTHER_TICKETS
    assert report.rows["fct_ticket_sla"] > OTHER_TICKETS


def test_deliveries_out_of_order_give_the_same_marts(data_dir: Path, tmp_path: Path) -> None:
    """Every other row first, the rest later: nearly all versions of the second delivery come late."""
    late = servicenow_log.write_deliveries(data_dir / "site", tmp_path)
    build.load(tmp_path, tmp_path / "data")
    build.build(tmp_path, tmp_path / "data", select=build.ENGINE, data_tests=False)
    for file in late:
        file.rename(tmp_path / "log" / file.name)
    build.load(tmp_path, tmp_path / "data")
    build.build(tmp_path, tmp_path / "data", select=build.ENGINE, data_tests=False)

    connection = duckdb.connect()
    connection.execute(f"attach '{data_dir / 'data' / 'warehouse.duckdb'}' as at_once (read_only)")
    connection.execute(f"attach '{tmp_path / 'data' / 'warehouse.duckdb'}' as in_two (read_only)")
    for mart in ("fct_tickets", "fct_ticket_segments", "fct_ticket_sla"):
        # pseudonyms come from a key of each data folder
        columns = "* exclude (requester_id)" if mart == "fct_tickets" else "*"
        at_once, in_two = (f"select {columns} from {file}.marts.{mart}" for file in ("at_once", "in_two"))
        assert value(connection, f"select count(*) from ({at_once})") != 0
        assert connection.execute(f"{at_once} except all {in_two}").fetchall() == [], mart
        assert connection.execute(f"{in_two} except all {at_once}").fetchall() == [], mart
    connection.close()
