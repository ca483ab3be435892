"""Tests that share a build are handed to one worker: pytest-xdist would say nothing if they were not."""

from __future__ import annotations

import pytest

from tests.conftest import group


def test_a_module_stays_together_and_so_do_the_modules_of_a_shared_build() -> None:
    assert group("tests/a/test_one.py::test_x") == group("tests/a/test_one.py::test_y[1-2]")
    assert group("tests/a/test_one.py::test_x") != group("tests/a/test_two.py::test_x")
    assert group("tests/a/test_one.py::test_x[seed_11]") == group("tests/a/test_two.py::test_y[seed_11-due]")
    assert group("tests/a/test_one.py::test_x[seed_11]") != group("tests/a/test_one.py::test_x[seed_12]")


def test_ids_of_tests_tell_the_shared_build(request: pytest.FixtureRequest) -> None:
    using = [item for item in request.session.items if "random_build" in getattr(item, "fixturenames", ())]
    assert all(group(item.nodeid).startswith("seed_") for item in using)
