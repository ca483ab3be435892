"""Random deliveries in random order, the clock moving between them, give what one build of it all gives.

Belongs here: whole sites in slices. Does not belong here: what a single late row changes (`test_late_rows`),
builds that are killed (`test_killed_builds`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from tests.engine.deliveries import Deliveries, count_of, differences
from tests.engine.seeds import seeds
from tests.reference import random_sites

TICKETS, SOURCES = 120, 2
SEEDS = (12,)  # 31 is as good; ENGINE_SEEDS asks for more
# Days before the site's as_of at each delivery: onwards, standing still, once back, and on to the end.
DAYS_BEFORE = (9.0, 6.5, 6.5, 8.0, 2.25, 0.0)
GOES_BACK = 3

# Planned changes that an as_of reaches between two builds.
ROSTER_CHANGES = "select count(*) from intermediate.int_agent_versions where valid_from_us between {} and {}"
DEFAULT_CHANGES = (
    "select count(*) from intermediate.int_default_schedules where valid_from_us between {} and {}"
)


@pytest.mark.parametrize("seed", seeds(*SEEDS))
def test_slices_in_any_order(seed: int, tmp_path: Path) -> None:
    rng = Random(seed)
    site = random_sites.generate(rng, TICKETS, SOURCES)
    end = datetime.fromisoformat(site.config["as_of"])
    grown = Deliveries(tmp_path / "grown", tmp_path / "grown_data")
    batches = []
    for number, part in enumerate(random_sites.slices(rng, site, len(DAYS_BEFORE))):
        grown.deliver(part)
        grown.load()
        scope = grown.build(end - timedelta(days=DAYS_BEFORE[number]))
        # An as_of that goes back takes a full build, and so does the first; nothing else does.
        assert scope.is_full == (number in (0, GOES_BACK)), number
        if not scope.is_full:
            batches.append(len(scope.tickets))
    everything = Deliveries(tmp_path / "full", tmp_path / "full_data")
    everything.deliver(site)
    everything.load()
    assert everything.build(end).is_full
    assert differences(grown.data_dir, everything.data_dir) == {}

    tickets = count_of(grown.data_dir, "select count(*) from marts.fct_tickets")
    assert tickets > 0.8 * TICKETS
    assert min(batches) in range(1, tickets), "nothing was ever left out"
    if seed in SEEDS:
        first, last = (int((end - timedelta(days=d)).timestamp() * 1e6) for d in (max(DAYS_BEFORE), 0))
        for changes in (ROSTER_CHANGES, DEFAULT_CHANGES):
            assert count_of(grown.data_dir, changes.format(first, last)), "no planned change was reached"
