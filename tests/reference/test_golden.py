"""The reference satisfies every hand-worked golden expectation."""

from __future__ import annotations

import pytest

from .golden import difference, expectations, golden_folder
from .oracle import Marts, work_out_folder


@pytest.fixture(scope="module")
def marts() -> Marts:
    folder = golden_folder()
    if not (folder / "expected.csv").exists():
        pytest.skip(f"no golden site at {folder}")
    return work_out_folder(folder)[1]


def test_reference_agrees_with_every_golden_expectation(marts: Marts) -> None:
    expected = expectations(golden_folder())
    assert len(expected) > 300
    problems = [
        f"{row['case']}: {row['table']} {row['ticket_id']} {row['metric']}: {problem}"
        for row in expected
        if (problem := difference(row, list(marts[row["table"]].values())))
    ]
    assert not problems, "\n".join(problems)
