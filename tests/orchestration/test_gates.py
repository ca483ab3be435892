"""The gates as Dagster sees them."""

from __future__ import annotations

import dagster as dg
import pytest

from expectations import suites
from orchestration.gates import build_gate


def test_each_suite_is_read_once_however_many_tables_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    original = suites.read_suite

    def counting(file, stage):  # type: ignore[no-untyped-def]
        read.append(file.name)
        return original(file, stage)

    monkeypatch.setattr(suites, "read_suite", counting)
    tables = [dg.AssetKey(["raw", f"canonical__{name}"]) for name in ("tickets", "agents", "groups")]
    checks, _ = build_gate("raw", tables)
    assert {key.asset_key for key in checks.check_keys} == set(tables)
    assert len(read) == len(set(read)) > 20
