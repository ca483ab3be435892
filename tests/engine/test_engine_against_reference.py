"""Ticket marts of random sites with several sources: no value differs from the reference.

Belongs here: the small sizes every test run can afford. `python -m tests.engine.hundred_thousand` does the
same for 100,000 tickets. Does not belong here: marts that are no ticket's (tests/dbt_project).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.against_reference import check
from tests.engine.seeds import seeds

TICKETS, SOURCES = 400, 6


@pytest.mark.parametrize("seed", seeds(21, 22))
def test_no_value_differs(seed: int, tmp_path: Path) -> None:
    report = check(tmp_path, seed, TICKETS, SOURCES)
    assert not report.counts, report.text()
    assert report.rows["fct_tickets"] > 0.9 * TICKETS
    assert all(count > 0 for count in report.rows.values())
