"""A load killed at any point and run again ends as if it had never been killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.ingestion.conftest import EVENTS, TICKET, TICKETS, Warehouse, csv

# Kills the process at the n-th call of a function, before it does anything.
_DRIVER = """
import importlib, os, signal, sys
module, owner, name, calls, site, data = sys.argv[1:]
place = importlib.import_module(module)
place = getattr(place, owner) if owner else place
original, left = getattr(place, name), [int(calls)]
def killing(*args, **kwargs):
    left[0] -= 1
    if left[0] <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*args, **kwargs)
setattr(place, name, killing)
from ingestion.__main__ import main
main(["--site", site, "--data-dir", data])
"""
_PACKAGES = "dlt.common.storages.load_package"
_POINTS = {
    "before anything is handed to dlt": ("ingestion.warehouse", "", "write", 1),
    "extracted": ("dlt.pipeline.pipeline", "Pipeline", "normalize", 1),
    "normalized": ("dlt.pipeline.pipeline", "Pipeline", "load", 1),
    "first job committed and not noted": (_PACKAGES, "PackageStorage", "save_pending_transition", 1),
    "fourth job committed and not noted": (_PACKAGES, "PackageStorage", "save_pending_transition", 4),
    "some jobs done": (_PACKAGES, "PackageStorage", "complete_job", 5),
    "everything but the package's end": (_PACKAGES, "PackageStorage", "complete_loading_package", 1),
    "loaded, views not made": ("ingestion.warehouse", "", "make_views", 1),
}


def _deliver(warehouse: Warehouse) -> Warehouse:
    """A first load, and files that then make one append, one merge and one replaced table."""
    events = [f"e{n},t1,2026-01-05T08:30:00Z,message" for n in range(30)]
    warehouse.write(
        {
            "tickets.csv": csv(TICKETS, TICKET, TICKET.replace("t1", "t2")),
            "ticket_events.csv": csv(EVENTS, *events[:10]),
            "groups.csv": csv("group_id,name", "g1,One"),
        }
    ).load()
    return warehouse.write(
        {
            "tickets.csv": csv(TICKETS, TICKET.replace("09:00", "10:00"), TICKET.replace("t1", "t3"), "bad"),
            "ticket_events_2.csv": csv(EVENTS, *events[5:]),
            "groups.csv": csv("group_id,name", "g1,Uno", "g2,Due"),
        }
    )


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The same deliveries, never killed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PSEUDONYM_KEY", "a key that only the tests know")
        made = _deliver(Warehouse(tmp_path_factory.mktemp("expected")))
        made.load()
    return made


def _kill(warehouse: Warehouse, point: tuple[str, str, str, int]) -> None:
    module, owner, name, calls = point
    (warehouse.root / "site.yml").write_text(yaml.safe_dump(warehouse.site), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", _DRIVER, module, owner, name, str(calls), str(warehouse.root),
         str(warehouse.paths.data_dir)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def _report(warehouse: Warehouse) -> list[tuple[object, ...]]:
    return warehouse.query("SELECT * EXCLUDE (loaded_at, load_no) FROM raw.load_report ORDER BY ALL")


@pytest.mark.parametrize("name", list(_POINTS))
def test_killed_and_run_again(fresh: Warehouse, expected: Warehouse, name: str) -> None:
    _kill(_deliver(fresh), _POINTS[name])
    fresh.load()
    assert fresh.dump(with_load_no=True) == expected.dump(with_load_no=True)
    assert _report(fresh) == _report(expected)
    assert fresh.query("SELECT file, line FROM quarantine.tickets") == [("tickets.csv", 4)]
    assert fresh.load().load_no is None


def test_the_very_first_load_killed(make_warehouse: Callable[[str], Warehouse], fresh: Warehouse) -> None:
    files = {"tickets.csv": csv(TICKETS, TICKET)}
    whole = make_warehouse("whole").write(files)
    whole.load()
    _kill(fresh.write(files), _POINTS["fourth job committed and not noted"])
    result = fresh.load()
    assert result.recovered
    assert fresh.dump() == whole.dump()
    assert fresh.load().load_no is None


def test_a_removed_warehouse_is_made_anew_from_the_files(fresh: Warehouse) -> None:
    fresh.write({"tickets.csv": csv(TICKETS, TICKET)}).load()
    before = fresh.dump(with_load_no=True)
    fresh.paths.warehouse.unlink()
    fresh.load()
    assert fresh.dump(with_load_no=True) == before
