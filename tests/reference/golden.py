"""The hand-worked golden cases beside the repository, as expectations on rows of marts.

Belongs here: reading `expected.csv` and matching its keys. Does not belong here: where the marts come from.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from .instants import parse_instant

Row = dict[str, Any]
KEY_COLUMNS = ("source_id", "ticket_id", "metric", "instance_no", "version_no", "valid_from")
ABSOLUTE = 1e-3


def golden_folder() -> Path:
    """Where the golden site lies, relative to the root of the repository; it may be absent."""
    return Path(__file__).resolve().parents[2].parent / "shared" / "golden"


def expectations(folder: Path) -> list[dict[str, str]]:
    """The rows of `expected.csv`."""
    with (folder / "expected.csv").open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def difference(expected: dict[str, str], rows: list[Row]) -> str | None:
    """What is wrong about one expectation, or None. Instants in `rows` are microseconds since the epoch."""
    found = [row for row in rows if all(_is(row, key, expected[key]) for key in KEY_COLUMNS if expected[key])]
    column, value = expected["column"], expected["expected"]
    if column == "row_count":
        return None if len(found) == int(value) else f"{len(found)} rows instead of {value}"
    if len(found) != 1:
        return f"{len(found)} rows match the key"
    return None if _is(found[0], column, value) else f"{column} is {found[0][column]!r} instead of {value}"


def _is(row: Row, column: str, value: str) -> bool:
    actual = row[column]
    if value == "null" or actual is None:
        return value == "null" and actual is None
    if value in ("true", "false"):
        return actual is (value == "true")
    if column.endswith("_at") or column in ("valid_from", "valid_to"):
        return bool(actual == parse_instant(value, None))
    if isinstance(actual, int | float):
        return abs(actual - float(value)) <= ABSOLUTE
    return bool(actual == value)
