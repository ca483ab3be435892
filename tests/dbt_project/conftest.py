"""Random sites, loaded and built once for all tests of the marts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from tests.dbt_project import build
from tests.reference import random_sites
from tests.reference.oracle import Oracle
from tests.reference.site_files import read_site


@dataclass(frozen=True)
class RandomBuild:
    """A built random site and the reference's view of it."""

    folder: Path
    data_dir: Path
    oracle: Oracle


# Data tests are run on the first; they take as long as the models.
SEEDS = (11, 12)


@pytest.fixture(scope="session", params=SEEDS, ids=lambda seed: f"seed_{seed}")
def random_build(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> RandomBuild:
    """A hostile site of 150 tickets, all marts built."""
    place = tmp_path_factory.mktemp(f"random_{request.param}")
    folder = random_sites.write(random_sites.generate(Random(request.param), 150), place / "site")
    build.load(folder, place / "data")
    build.build(folder, place / "data", data_tests=request.param == SEEDS[0])
    return RandomBuild(folder, place / "data", Oracle(read_site(folder)))
