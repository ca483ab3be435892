"""How much memory models may take: by the size of the site, within the machine, or what somebody says."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from ingestion import memory


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(memory.VARIABLE, raising=False)
    file = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema raw; create table raw.tickets as select 1 as a")
    return file


def _grow(warehouse: Path, rows: int) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(f"create table raw.ticket_events as select true as a from range({rows})")


def test_small_sites_take_four_gigabytes(warehouse: Path) -> None:
    assert memory.memory_limit(warehouse) == "4000MB"


def test_larger_sites_take_more_within_the_machine(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _grow(warehouse, 51_000_000)
    monkeypatch.setattr(memory, "_machine_mb", lambda: 64_000)
    assert memory.memory_limit(warehouse) == "10000MB"
    monkeypatch.setattr(memory, "_machine_mb", lambda: 8_000)
    assert memory.memory_limit(warehouse) == "6400MB"


def test_what_somebody_says_holds(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(memory.VARIABLE, "2GB")
    assert memory.memory_limit(warehouse) == "2GB"
