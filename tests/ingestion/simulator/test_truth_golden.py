"""The simulator's truth engine holds on the hand-worked golden cases."""

from __future__ import annotations

import csv
import math
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.ingestion.simulator.delivered import truth_of_site

GOLDEN = Path(__file__).resolve().parents[4] / "shared" / "golden"
KEYS = ("source_id", "ticket_id", "metric", "instance_no", "version_no", "valid_from")


@pytest.fixture(scope="module")
def marts() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for truth in truth_of_site(GOLDEN):
        tables = truth.tables()
        for mart, columns in tables.items():
            rows = [
                dict(zip(columns, values, strict=True))
                for values in zip(*(c.to_pylist() for c in columns.values()), strict=True)
            ]
            found.setdefault(mart, []).extend(rows)
    return found


def _parsed(text: str, like: Any) -> Any:
    if text == "null":
        return None
    if text in ("true", "false"):
        return text == "true"
    if isinstance(like, datetime):
        return datetime.fromisoformat(text)
    try:
        return float(text)
    except ValueError:
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return text


@pytest.mark.skipif(not GOLDEN.exists(), reason=f"the golden cases are not at {GOLDEN}")
def test_every_golden_value(marts: dict[str, list[dict[str, Any]]]) -> None:
    wrong = []
    with (GOLDEN / "expected.csv").open(encoding="utf-8", newline="") as file:
        expectations = list(csv.DictReader(file))
    assert len(expectations) > 300
    for want in expectations:
        rows = [
            row
            for row in marts[want["table"]]
            if all(not want[k] or row.get(k) == _parsed(want[k], row.get(k)) for k in KEYS)
        ]
        if want["column"] == "row_count":
            if len(rows) != int(want["expected"]):
                wrong.append((want, len(rows)))
            continue
        for row in rows or [{}]:
            got = row.get(want["column"], "absent")
            expected = _parsed(want["expected"], got)
            same = (
                math.isclose(got, expected, abs_tol=1e-3)
                if isinstance(got, float | int) and isinstance(expected, float)
                else got == expected
            )
            if not same:
                wrong.append((want, got))
    assert not wrong, "\n".join(
        f"{w['case']} {w['metric']} {w['column']}: {w['expected']}, not {g}" for w, g in wrong
    )
