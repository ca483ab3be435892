"""How much memory models may take: by the size of the site, within the machine, or what somebody says."""

from __future__ import annotations

import os
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


def test_small_sites_take_four_gigabytes(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_allowed_mb", lambda: 64_000)
    assert memory.memory_limit(warehouse) == "4000MB"


def test_larger_sites_take_more_within_the_machine(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _grow(warehouse, 51_000_000)
    monkeypatch.setattr(memory, "_allowed_mb", lambda: 64_000)
    assert memory.memory_limit(warehouse) == "10000MB"
    monkeypatch.setattr(memory, "_allowed_mb", lambda: 6_400)
    assert memory.memory_limit(warehouse) == "6400MB"


def test_what_somebody_says_holds(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(memory.VARIABLE, "2GB")
    assert memory.memory_limit(warehouse) == "2GB"


def test_a_small_container_is_not_asked_for_more_than_it_has(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(memory.READING_VARIABLE, raising=False)
    monkeypatch.setattr(memory, "_allowed_mb", lambda: 1_600)
    assert memory.memory_limit(warehouse) == "1600MB"
    assert memory.memory_limit(warehouse.with_name("none.duckdb")) == "1600MB"
    assert memory.reading_limit() == "1600MB"
    monkeypatch.setattr(memory, "_allowed_mb", lambda: 64_000)
    assert memory.reading_limit() == "3000MB"
    monkeypatch.setenv(memory.READING_VARIABLE, "6GB")
    assert memory.reading_limit() == "6GB"


def test_the_cap_is_what_duckdb_takes_by_itself() -> None:
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1_000_000
    assert 0 < memory._allowed_mb() <= 0.81 * machine


@pytest.mark.parametrize(
    ("said", "expected"), [("18.8 GiB", 20_186), ("1.5 TiB", 1_649_267), ("95.3 MiB", 99)]
)
def test_duckdbs_words_for_memory_are_read(said: str, expected: int) -> None:
    assert memory._megabytes(said) == expected
