"""A build killed at any moment and repeated ends where one that was never killed ends.

Belongs here: SIGKILL to a process that builds. Does not belong here: killed loads (tests/ingestion).
"""

from __future__ import annotations

import os
import re
import signal
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from random import Random
from time import monotonic, sleep

from tests.dbt_project import build
from tests.engine.deliveries import Deliveries, differences
from tests.reference import random_sites

TICKETS, SECONDS = 150, 240


def _build(parsed: bytes, site: Path, data_dir: Path, as_of: datetime) -> None:
    """In a process of its own: build with the project as the test parsed it."""
    build._parsed = lambda: parsed  # type: ignore[assignment]
    build.build(site, data_dir, as_of=as_of, select=build.ENGINE, data_tests=False)


def killed(grown: Deliveries, as_of: datetime, at: str) -> None:
    """Build in another process and kill it as soon as dbt's log has a new line that matches `at`."""
    log = grown.data_dir / "dbt" / "logs" / "dbt.log"
    known = log.stat().st_size if log.exists() else 0
    given = (build._parsed(), grown.folder, grown.data_dir, as_of)
    process = get_context("spawn").Process(target=_build, args=given)
    process.start()
    deadline = monotonic() + SECONDS
    while not (log.exists() and re.search(at, log.read_text()[known:])):
        assert process.is_alive() and monotonic() < deadline, f"the build never came to {at}"
        sleep(0.005)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert process.exitcode == -signal.SIGKILL


def test_killed_and_repeated(tmp_path: Path) -> None:
    rng = Random(6)
    site = random_sites.generate(rng, TICKETS, 2)
    end = datetime.fromisoformat(site.config["as_of"])
    first, second = random_sites.slices(rng, site, 2)
    grown = Deliveries(tmp_path / "grown", tmp_path / "grown_data")

    grown.deliver(first)
    grown.load()
    killed(grown, end - timedelta(days=4), r"START sql incremental model marts\.fct_tickets ")
    assert grown.build(end - timedelta(days=4)).is_full

    grown.deliver(second)
    grown.load()
    for moment in (
        r"START sql incremental model marts\.fct_ticket_segments ",
        r"OK created sql incremental model marts\.fct_(tickets|replies) ",
        r"START sql incremental model marts\.fct_ticket_sla ",
    ):
        killed(grown, end, moment)
    assert not grown.build(end).is_full

    everything = Deliveries(tmp_path / "full", tmp_path / "full_data")
    everything.deliver(site)
    everything.load()
    everything.build(end)
    assert differences(grown.data_dir, everything.data_dir) == {}
