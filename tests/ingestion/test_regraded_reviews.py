"""Ratings that were changed: the later version counts, in any order of deliveries and in older warehouses."""

from __future__ import annotations

from itertools import permutations

import duckdb
import pytest

from ingestion.contracts import entity
from tests.ingestion.conftest import Warehouse, csv

_HEADER = "review_id,category_id,rating,updated_at"
_VERSIONS = (
    csv(_HEADER, "r1,tone,1,2026-01-05T10:00:00Z"),
    csv(_HEADER, "r1,tone,3,2026-01-07T10:00:00Z", "r2,tone,2,"),
    csv("review_id,category_id,rating", "r1,tone,0", "r2,tone,2"),
)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_later_rating_counts_in_any_order(warehouse: Warehouse, order: tuple[int, ...]) -> None:
    for number in order:
        warehouse.write({f"quality_ratings_{number}.csv": _VERSIONS[number]}).load()
    found = warehouse.query("SELECT review_id, rating FROM raw.canonical__quality_ratings ORDER BY ALL")
    assert found == [("r1", 3.0), ("r2", 2.0)]


def test_a_warehouse_of_before_takes_the_new_column(warehouse: Warehouse) -> None:
    warehouse.write({"quality_ratings_1.csv": _VERSIONS[2]}).load()
    with duckdb.connect(str(warehouse.paths.warehouse)) as connection:
        connection.execute("ALTER TABLE raw.canonical__quality_ratings DROP COLUMN updated_at")
    warehouse.write({"quality_ratings_2.csv": _VERSIONS[1]}).load()
    found = warehouse.query("SELECT review_id, rating FROM raw.canonical__quality_ratings ORDER BY ALL")
    assert found == [("r1", 3.0), ("r2", 2.0)]
    assert entity("quality_ratings").version == "updated_at"
