"""Memory or disk that runs out is told as that, with what to do, and no file is blamed."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from ingestion import merging, readers, warehouse
from ingestion.load import LoadError
from tests.ingestion.conftest import TICKET, TICKETS, Warehouse, csv

_FULL = 'IO Error: Could not write file "/d/scratch/t.parquet": No space left on device'
_SPILL_FULL = "Out of Memory Error: failed to offload data block of size 96.0 KiB (928.0 KiB/976.5 KiB used)."


def _problem(warehouse: Warehouse) -> str:
    with pytest.raises(LoadError) as caught:
        warehouse.load()
    (problem,) = caught.value.problems
    return problem


def test_too_little_memory_for_reading_is_told(fresh: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f"{TICKET.replace('t1', f't{n}')}\n" for n in range(100_000))
    fresh.write({"tickets.csv": f"{TICKETS}\n{rows}"})
    monkeypatch.setenv("INGESTION_MEMORY", "10MB")
    problem = _problem(fresh)
    assert problem.startswith("out of memory: reading may take 10MB; allow more with INGESTION_MEMORY")


@pytest.mark.parametrize("text", [_FULL, _SPILL_FULL])
@pytest.mark.parametrize("where", ["read", "merge", "write"])
def test_a_full_disk_is_told(
    fresh: Warehouse, monkeypatch: pytest.MonkeyPatch, where: str, text: str
) -> None:
    fresh.write({"tickets.csv": csv(TICKETS, TICKET)})

    def full(*args: Any, **kwargs: Any) -> Any:
        raise duckdb.IOException(text)

    def full_in_dlt(*args: Any, **kwargs: Any) -> Any:
        try:
            full()
        except duckdb.IOException as error:
            raise RuntimeError("pipeline step failed") from error

    with monkeypatch.context() as patch:
        if where == "read":
            patch.setattr(readers, "read", full)
        elif where == "merge":
            patch.setattr(merging, "merge", full)
        else:
            patch.setattr(warehouse, "write", full_in_dlt)
        problem = _problem(fresh)
    assert problem.startswith(f"no space is left in DATA_DIR {fresh.paths.data_dir}; free some")
    assert not fresh.paths.scratch.exists()


def test_other_errors_stay_as_they_are(fresh: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh.write({"tickets.csv": csv(TICKETS, TICKET)})

    def broken(*args: Any, **kwargs: Any) -> Any:
        raise duckdb.IOException("IO Error: something else")

    monkeypatch.setattr(merging, "merge", broken)
    with pytest.raises(duckdb.IOException, match="something else"):
        fresh.load()
