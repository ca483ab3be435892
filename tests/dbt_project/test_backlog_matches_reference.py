"""`fct_backlog_daily` against the brute-force backlog: every cell, every day, every count."""

from __future__ import annotations

import yaml

from tests.dbt_project import build
from tests.dbt_project.conftest import RandomBuild
from tests.reference.backlog_flows import backlog

LIMITS = yaml.safe_load((build.PROJECT / "dbt_project.yml").read_text())["vars"]["backlog_age_band_days"]


def test_every_cell_of_every_day(random_build: RandomBuild) -> None:
    found = {
        (
            row["backlog_date"],
            (
                (
                    row["source_id"], row["line_of_business"], row["channel"], row["tier"], row["vendor"],
                    row["priority"], row["status_category"],
                ),
                row["age_band_no"],
            ),
        ): (
            row["opening_count"], row["inflow_count"], row["outflow_count"], row["closing_count"],
            row["minor_count"],
        )
        for row in build.rows(random_build.data_dir, "select * from marts.fct_backlog_daily")
    }  # fmt: skip
    expected = {
        key: (count.opening, count.inflow, count.outflow, count.closing, count.minors)
        for key, count in backlog(random_build.oracle, LIMITS).items()
    }
    assert found == expected
    assert len(found) > 500
    assert any(row[-1] for row in found.values()), "no minor's ticket to judge"


def test_closing_today_is_the_queue(random_build: RandomBuild) -> None:
    query = """
        select
            (select sum(closing_count) from marts.fct_backlog_daily
                where backlog_date = (select max(backlog_date) from marts.fct_backlog_daily)) as backlog,
            (select count(*) from marts.fct_queue_status) as queue
    """
    (row,) = build.rows(random_build.data_dir, query)
    assert row["backlog"] == row["queue"] > 0
