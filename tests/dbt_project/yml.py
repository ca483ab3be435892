"""What the yml files beside the models say.

Belongs here: reading the project's yml for tests. Does not belong here: parsing by dbt, or any expectation.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
MODELS = PROJECT / "models"


def model_files() -> list[Path]:
    """Files of all models, in SQL and in Python."""
    return sorted([*MODELS.rglob("*.sql"), *MODELS.rglob("*.py")])


def described_models() -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every model entry of every yml, with the file it stands in."""
    for file in sorted(MODELS.rglob("*.yml")):
        for entry in _content(file).get("models", []):
            yield file, entry


def data_tests(entry: dict[str, Any]) -> set[str]:
    """The names of the data tests of a model or column."""
    tests = entry.get("data_tests", [])
    return {test if isinstance(test, str) else next(iter(test)) for test in tests}


def unit_tests() -> dict[str, str]:
    """The model each dbt unit test is about, by the test's name."""
    return {
        test["name"]: test["model"]
        for file in sorted(MODELS.rglob("*.yml"))
        for test in _content(file).get("unit_tests", [])
    }


@cache
def _content(file: Path) -> dict[str, Any]:
    return yaml.safe_load(file.read_text(encoding="utf-8")) or {}
