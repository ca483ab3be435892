"""The whole graph on a simulated site: what it publishes is what the simulator knows to be true."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ingestion.simulator import write_site
from tests.end_to_end.workspace import Outcome, Workspace
from tests.ingestion.simulator.against_truth import differences

pytestmark = pytest.mark.xdist_group("simulated site")

CORE_AND_SLA = ("fct_tickets", "fct_ticket_segments", "fct_replies", "fct_ticket_sla")


@pytest.fixture(scope="module")
def workspace(
    make_workspace: Callable[[Path, str], Workspace], tmp_path_factory: pytest.TempPathFactory
) -> Workspace:
    site = tmp_path_factory.mktemp("site") / "simulated"
    write_site(site, tickets=1_500, seed=20, weeks=16)
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
