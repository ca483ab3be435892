"""The complaints that are drawn add up to the filing they were drawn from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.bench import appeals_site, filed
from tests.bench.appeals_rows import OUTCOMES, draw
from tests.bench.filed import Filing


@pytest.fixture(params=["generic", "filed"])
def filing(request: pytest.FixtureRequest) -> Filing:
    """A mix of 20,000 complaints, or what a smaller service filed."""
    if request.param == "generic":
        return filed.generic(20_000)
    found = filed.read(service="Snapchat")
    if found is None:
        pytest.skip(f"{filed.FILE} is not there")
    return found


def test_complaints_add_up_to_what_was_filed(filing: Filing) -> None:
    begins, ends = appeals_site.bounds(filing)
    rows = draw(filing, begins, ends, np.random.default_rng(1))
    for position, kind in enumerate(filing.kinds):
        mine = rows.kind == position
        submitted = mine & (rows.submitted >= begins) & (rows.submitted < ends)
        ended = mine & (rows.notified >= begins) & (rows.notified < ends)
        assert np.count_nonzero(submitted) == kind.submitted
        for code, name in enumerate(OUTCOMES):
            assert np.count_nonzero(ended & (rows.outcome == code)) == kind.outcomes[name]
    # Not one set of complaints: some decided in the period came in before it.
    assert np.any((rows.submitted < begins) & (rows.notified >= begins))
    assert np.all(rows.notified >= rows.submitted)


def test_without_the_filed_table_there_is_no_filing(tmp_path: Path) -> None:
    assert filed.read(tmp_path / "absent.csv.gz") is None
