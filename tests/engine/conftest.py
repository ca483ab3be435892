"""A small built site that tests of single changes start from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from tests.engine.deliveries import Deliveries
from tests.reference import random_sites
from tests.reference.random_sites import RandomSite

SOURCE, PATH = "one", "data/one"


@dataclass(frozen=True)
class Standing:
    """A site of one source, delivered, loaded and built; `deliveries` is not to be changed, but copied."""

    site: RandomSite
    deliveries: Deliveries


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Standing:
    """120 tickets of one source, built at the site's as_of."""
    place = tmp_path_factory.mktemp("standing")
    site = random_sites.generate(Random(2), 120, 1)
    deliveries = Deliveries(place / "site", place / "data")
    deliveries.deliver(site)
    deliveries.load()
    assert deliveries.build().is_full
    return Standing(site, deliveries)


@pytest.fixture
def grown(standing: Standing, tmp_path: Path) -> Deliveries:
    """A copy of the standing site, to deliver more to."""
    return standing.deliveries.copy(tmp_path / "grown")
