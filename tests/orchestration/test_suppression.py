"""Small cells of minors never reach the published file, and nothing else is lost on the way."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from ingestion.paths import Paths
from ingestion.site import Site
from orchestration.publish import PublishError, bi_file, publish
from orchestration.suppression import FLAG_DESCRIPTION
from tests.orchestration.conftest import AS_OF


@pytest.fixture
def aggregate(warehouse: Paths) -> Paths:
    """A build file with an aggregate of five cells, which count 0 to 5 cases of minors."""
    with duckdb.connect(str(warehouse.warehouse)) as build:
        build.execute(
            """
            create table marts.agg_weekly as
                select * from (values
                    ('k0', 'PT', 40, 0.5, 0), ('k1', 'BR', 1, 1.0, 1), ('k2', 'IE', 30, 0.4, 2),
                    ('k4', 'DE', 20, null, 4), ('k5', 'US', 10, 0.2, 5)
                ) as rows (weekly_key, market, ticket_count, csat_rate, minor_count);
            create table marts.dim_metric as
                select 'agg_weekly' as mart, name as column_name, name = 'market' as is_grain
                from (values ('weekly_key'), ('market'), ('ticket_count')) as names (name);
            """
        )
    return warehouse


def _rows(paths: Paths) -> list[tuple[object, ...]]:
    with duckdb.connect(str(bi_file(paths)), read_only=True) as connection:
        return connection.execute("select * from marts.agg_weekly order by weekly_key").fetchall()


def _change(paths: Paths, statement: str) -> None:
    with duckdb.connect(str(paths.warehouse)) as build:
        build.execute(statement)


def test_cells_below_the_minimum_keep_only_their_grain(aggregate: Paths, site: Site) -> None:
    publish(aggregate, site, AS_OF, "run-1")
    assert _rows(aggregate) == [
        ("k0", "PT", 40, Decimal("0.5"), 0, False),
        ("k1", "BR", None, None, None, True),
        ("k2", "IE", None, None, None, True),
        ("k4", "DE", None, None, None, True),
        ("k5", "US", 10, Decimal("0.2"), 5, False),
    ]


@pytest.mark.parametrize(("minimum", "suppressed"), [(1, ""), (2, "k1"), (5, "k1k2k4"), (6, "k1k2k4k5")])
def test_minimum_comes_from_the_site(aggregate: Paths, site: Site, minimum: int, suppressed: str) -> None:
    publish(aggregate, replace(site, minors_minimum_cell=minimum), AS_OF, "run-1")
    assert "".join(str(row[0]) for row in _rows(aggregate) if row[-1]) == suppressed


def test_another_minimum_is_another_publication(aggregate: Paths, site: Site) -> None:
    publish(aggregate, site, AS_OF, "run-1")
    assert publish(aggregate, replace(site, minors_minimum_cell=2), AS_OF, "run-2").copied
    assert [row[0] for row in _rows(aggregate) if row[-1]] == ["k1"]


@pytest.mark.parametrize(
    "broken",
    ["drop table marts.dim_metric", "update marts.dim_metric set is_grain = false",
     "update marts.dim_metric set column_name = 'region' where is_grain"],
    ids=["no_dictionary", "no_grain", "grain_that_is_no_column"],
)  # fmt: skip
def test_aggregate_without_a_known_grain_is_not_published(aggregate: Paths, site: Site, broken: str) -> None:
    publish(aggregate, site, AS_OF, "run-1")
    before = _rows(aggregate)
    _change(aggregate, broken)
    _change(aggregate, "update marts.agg_weekly set ticket_count = 99")
    with pytest.raises(PublishError, match="agg_weekly has a column minor_count"):
        publish(aggregate, site, AS_OF, "run-2")
    assert _rows(aggregate) == before


def test_the_flag_is_described_as_in_the_metric_dictionary() -> None:
    macro = Path(__file__).resolve().parents[2] / "dbt_project" / "macros" / "metric_dictionary.sql"
    joined = re.sub(r"'\s*~\s*'", "", macro.read_text(encoding="utf-8"))
    assert f"'definition': '{FLAG_DESCRIPTION}'" in joined
