"""The whole graph on a simulated site: what it publishes is what the simulator knows to be true."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from ingestion.simulator import write_site
from orchestration.publish import bi_file
from tests.end_to_end.workspace import REPOSITORY, Outcome, Workspace
from tests.ingestion.simulator.against_truth import differences

CORE_AND_SLA = ("fct_tickets", "fct_ticket_segments", "fct_replies", "fct_ticket_sla")

# Decisions about minors as a system may export them: a column of its own tells what only age checks know.
AGE_EVIDENCE = """decision_id,decided_at,notified_at,restriction,ground,is_minor,updated_at,age_evidence
under-age-1,2026-05-04T10:00:00Z,2026-05-04T11:00:00Z,account,terms,true,2026-05-04T11:00:00Z,agecanary pass
under-age-2,2026-05-05T10:00:00Z,2026-05-05T11:00:00Z,account,terms,true,2026-05-05T11:00:00Z,agecanary card
"""


@pytest.fixture(scope="module")
def workspace(
    make_workspace: Callable[[Path, str], Workspace], tmp_path_factory: pytest.TempPathFactory
) -> Workspace:
    site = tmp_path_factory.mktemp("site") / "simulated"
    write_site(site, tickets=1_500, seed=20, weeks=16)
    (site / "helpdesk" / "decisions_of_minors.csv").write_text(AGE_EVIDENCE, encoding="utf-8")
    return make_workspace(site, "simulated")


@pytest.fixture(scope="module")
def run(workspace: Workspace) -> Outcome:
    return workspace.run()


def test_every_ticket_and_every_number_equals_the_truth(workspace: Workspace, run: Outcome) -> None:
    assert run.code == 0, run.output
    assert differences(workspace.site / "truth", workspace.paths.published) == {}


def test_the_comparison_was_not_one_of_empty_tables(workspace: Workspace, run: Outcome) -> None:
    for mart in CORE_AND_SLA:
        [(rows,)] = workspace.query(f"select count(*) from served.marts.{mart}")
        [(true_rows,)] = workspace.query(
            f"select count(*) from read_parquet('{workspace.site}/truth/{mart}/*.parquet')"
        )
        assert rows == true_rows > 1_000, mart


def test_the_summary_says_attainment_by_line_of_business_tier_and_vendor(run: Outcome) -> None:
    for who in ("LOB account_access", "tier T1", "tier T2", "vendor In house"):
        assert who in run.output


def test_queries_of_the_pages_run_on_the_published_file(workspace: Workspace, run: Outcome) -> None:
    """As a reader runs them; those that read the build file, which has more than marts, are left out."""
    assert run.code == 0, run.output
    pages = sorted((REPOSITORY / "docs").glob("*.md"))
    queries = [
        (page.name, query)
        for page in pages
        for query in re.findall(r"```sql\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        if "marts." in query and not re.search(r"\b(raw|quarantine|staging|intermediate|records)\.", query)
    ]
    assert len(queries) > 15
    failed = {}
    with duckdb.connect(str(bi_file(workspace.paths)), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        for page, query in queries:
            try:
                connection.execute(query).fetchall()
            except duckdb.Error as error:
                failed[page, query] = str(error)
    assert not failed


def test_no_personal_data_stands_anywhere_in_what_was_published(workspace: Workspace, run: Outcome) -> None:
    """Every text of every table, and every file beside it, is searched for the planted canaries."""
    assert run.code == 0, run.output
    texts = workspace.query(
        "select table_name, column_name from duckdb_columns() where database_name = 'served'"
        " and schema_name = 'marts' and data_type = 'VARCHAR'"
    )
    assert len(texts) > 100
    file = workspace.site / "truth" / "canaries.csv"
    planted = f"select value from read_csv('{file}') union all select 'agecanary'"
    found = workspace.query(
        " union all ".join(
            f"select '{table}.{column}' from (select distinct \"{column}\" as text from served.marts.{table}"
            f' where "{column}" is not null) join ({planted}) on contains(lower(text), lower(value))'
            for table, column in texts
        )
    )
    assert found == []
    beside = [
        file
        for folder in (workspace.paths.published.parent, workspace.paths.reports)
        for file in folder.rglob("*")
        if file.suffix in {".csv", ".html"}
    ]
    assert beside
    canaries = [str(value).lower().encode() for (value,) in workspace.query(planted)]
    for file in beside:
        content = file.read_bytes().lower()
        assert [value for value in canaries if value in content] == [], file.name


def test_primary_keys_tell_the_rows_of_a_mart_apart(workspace: Workspace, run: Outcome) -> None:
    assert run.code == 0, run.output
    keys = workspace.query(
        "select mart, string_agg(column_name, ', ') from served.marts.dim_metric"
        " where is_primary_key group by mart"
    )
    assert len(keys) > 40
    doubled = [
        mart
        for mart, key in keys
        if workspace.query(f"select 1 from served.marts.{mart} group by {key} having count(*) > 1")
    ]
    assert not doubled


def test_no_aggregate_shows_a_small_cell_of_minors(workspace: Workspace, run: Outcome) -> None:
    assert run.code == 0, run.output
    aggregates = workspace.query("select mart from served.marts.dim_metric where column_name = 'minor_count'")
    assert aggregates
    for (mart,) in aggregates:
        grain = {
            column
            for (column,) in workspace.query(
                f"select column_name from served.marts.dim_metric where mart = '{mart}'"
                " and (is_grain or (column_no = 1 and kind = 'key'))"
            )
        }
        rows = workspace.query(f"select count(*) from served.marts.{mart} where minor_count between 1 and 4")
        assert rows == [(0,)], mart
        shown = workspace.query(
            "select column_name from duckdb_columns() where database_name = 'served'"
            f" and schema_name = 'marts' and table_name = '{mart}'"
        )
        values = [column for (column,) in shown if column not in {*grain, "is_suppressed"}]
        kept = " or ".join(f'"{column}" is not null' for column in values)
        assert workspace.query(
            f"select count(*) from served.marts.{mart} where is_suppressed and ({kept})"
        ) == [(0,)], mart
    suppressed = [
        workspace.query(f"select count(*) from served.marts.{mart} where is_suppressed")[0][0]
        for (mart,) in aggregates
    ]
    assert sum(suppressed) > 0
