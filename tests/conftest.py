"""Which tests share a worker when several run side by side (`-n 2 --dist loadscope`).

Belongs here: that only. What a module builds once, it would otherwise build once per worker, and a build of
the models is most of what the tests cost.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

# In the ids of tests of several modules that share one build per seed (`random_build`).
SHARED = re.compile(r"\[(seed_\d+)[\]-]")


# A scheduler: with pytest 9.2, marking groups for `--dist loadgroup` silently does nothing (xdist 1386).
@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand the tests of a module to one worker, and those of a shared build."""
    from xdist.scheduler import LoadScopeScheduling

    class ByBuild(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group(nodeid)

    return ByBuild(config, log)


def group(nodeid: str) -> str:
    """Return what tests have in common that are to run in one worker: a shared build, or else the module."""
    shared = SHARED.search(nodeid)
    return shared[1] if shared else nodeid.split("::", 1)[0]
