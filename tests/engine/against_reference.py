"""One random site: written, loaded, built by dbt and compared with the reference, ticket by ticket.

Belongs here: the steps and how long each takes. Does not belong here: what is random
(`tests.reference.random_sites`) or how rows are compared (`tests.reference.compare`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from time import monotonic

from tests.dbt_project import build
from tests.reference import compare, random_sites
from tests.reference.compare import Report
from tests.reference.site_files import read_site


def check(
    place: Path,
    seed: int,
    tickets: int,
    sources: int,
    *,
    processes: int = 1,
    say: Callable[[str], None] = lambda message: None,
) -> Report:
    """Return the differences between the marts of a random site and the reference.

    Everything is written into the folder `place`; `processes` work out the reference; `say` hears of each
    finished step and its seconds. Raises AssertionError if the build fails.
    """
    folder, data_dir = place / "site", place / "data"

    def write() -> Report | None:
        random_sites.write(random_sites.generate(Random(seed), tickets, sources), folder)
        return None

    def judge() -> Report:
        marts = compare.MartsFile(data_dir / "warehouse.duckdb", "marts")
        try:
            return compare.compare(read_site(folder), marts, processes)
        finally:
            marts.connection.close()

    steps: tuple[tuple[str, Callable[[], object]], ...] = (
        ("site written", write),
        ("loaded", lambda: build.load(folder, data_dir)),
        ("built", lambda: build.build(folder, data_dir, select=build.ENGINE, data_tests=False)),
        ("compared", judge),
    )
    result: object = None
    for name, step in steps:
        started = monotonic()
        result = step()
        say(f"{name} in {monotonic() - started:.0f} s")
    assert isinstance(result, Report)
    return result
