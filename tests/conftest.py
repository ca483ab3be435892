"""Which tests share a worker when several run side by side (`-n 2 --dist loadgroup`).

Belongs here: that only. What a module builds once, it would otherwise build once per worker, and a build of
the models is most of what the tests cost.
"""

from __future__ import annotations

import pytest

# Built per parameter, for tests of several modules.
SHARED = "random_build"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a module together, and those of a shared build."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(_group(item)))


def _group(item: pytest.Item) -> str:
    callspec = getattr(item, "callspec", None)
    if callspec is not None and SHARED in callspec.params:
        return f"{SHARED} {callspec.params[SHARED]}"
    return item.nodeid.split("::", 1)[0]
