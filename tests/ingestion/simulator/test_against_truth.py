"""The comparison of marts with the truth finds what is wrong, and nothing else."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.ingestion.simulator.against_truth import KEYS, differences
from tests.ingestion.simulator.conftest import Simulated


@pytest.fixture
def marts(small_site: Simulated, tmp_path: Path) -> Path:
    """A marts file made of the truth itself."""
    file = tmp_path / "built.duckdb"
    with duckdb.connect(str(file)) as sql:
        sql.execute("create schema marts")
        for mart in KEYS:
            truth = small_site.summary.folder / "truth" / mart
            sql.execute(f"create table marts.{mart} as from '{truth}/*.parquet'")
    return file


def test_the_truth_equals_itself(small_site: Simulated, marts: Path) -> None:
    assert differences(small_site.summary.folder / "truth", marts) == {}


# a count below zero: at least one
@pytest.mark.parametrize(
    ("harm", "found"),
    [
        (
            "update marts.fct_tickets set reopen_count = reopen_count + 1 where ticket_id = 'T00000003'",
            {"fct_tickets.reopen_count": 1},
        ),
        (
            "update marts.fct_ticket_sla set elapsed_seconds = elapsed_seconds + 0.001 where version_no = 2",
            {"fct_ticket_sla.elapsed_seconds": -1},
        ),
        ("delete from marts.fct_replies where reply_no = 2", {"fct_replies: rows missing": -1}),
        (
            "insert into marts.fct_ticket_segments from (select * replace (99 as segment_no) "
            "from marts.fct_ticket_segments limit 1)",
            {"fct_ticket_segments: rows too many": 1},
        ),
        (
            "alter table marts.fct_tickets drop column on_hold_seconds_business",
            {"fct_tickets: column on_hold_seconds_business is missing": 1},
        ),
        (
            "update marts.fct_tickets set closed_at = null where closed_at is not null",
            {"fct_tickets.closed_at": -1},
        ),
    ],
)
def test_harm_is_found(small_site: Simulated, marts: Path, harm: str, found: dict[str, int]) -> None:
    with duckdb.connect(str(marts)) as sql:
        sql.execute(harm)
    seen = differences(small_site.summary.folder / "truth", marts)
    assert seen.keys() == found.keys()
    assert all(seen[what] == count or (count < 0 < seen[what]) for what, count in found.items())
