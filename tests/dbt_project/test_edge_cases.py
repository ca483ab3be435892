"""docs/edge_cases.md tells the truth: each case names unit tests that exist, and no unit test is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.dbt_project import yml

PAGE = yml.PROJECT.parent / "docs" / "edge_cases.md"
CASES = {"Calendar": 17, "SLA state": 28, "Survey, QA, appeal": 21}

# Folders of models whose every unit test stands on the page.
COVERED = ("clock", "reference", "tickets", "sla", "core", "quality", "appeals")


def cases(section: str) -> dict[str, list[tuple[str, str]]]:
    """The tests of each case of a section, as (model, test)."""
    text = PAGE.read_text(encoding="utf-8").split(f"## {section}\n", 1)[1].split("\n## ", 1)[0]
    table = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")][1:]
    return {row[0]: list(_tests(row[-1])) for row in table}


@pytest.mark.parametrize("section", CASES)
def test_each_case_names_tests_that_exist(section: str) -> None:
    models = yml.unit_tests()
    found = cases(section)
    assert len(found) == CASES[section]
    assert not [case for case, tests in found.items() if not tests]
    wrong = [test for tests in found.values() for model, test in tests if models.get(test) != model]
    assert not wrong


def test_each_unit_test_of_the_covered_folders_is_on_the_page() -> None:
    named = {test for section in CASES for tests in cases(section).values() for _, test in tests}
    covered = {file.stem for file in yml.model_files() if file.parent.name in COVERED}
    left_out = {test for test, model in yml.unit_tests().items() if model in covered and test not in named}
    assert not left_out


def _tests(cell: str) -> Iterator[tuple[str, str]]:
    """Read `model` › `test`, `test`; `model` › `test`."""
    for part in cell.split(";"):
        names = re.findall(r"`([a-z0-9_]+)`", part)
        if "›" in part:
            yield from ((names[0], test) for test in names[1:])
