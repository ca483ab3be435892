"""Which random sites the tests of the engine use.

Belongs here: the fixed seeds and how to ask for more. Does not belong here: the sites.

    ENGINE_SEEDS=31,32,33 python -m pytest tests/engine

adds sites to the fixed ones; a seed always gives the same site.
"""

from __future__ import annotations

import os


def seeds(*fixed: int) -> list[int]:
    """The fixed seeds, and those of the environment variable ENGINE_SEEDS (comma-separated)."""
    more = [int(part) for part in os.environ.get("ENGINE_SEEDS", "").split(",") if part.strip()]
    return [*fixed, *(seed for seed in more if seed not in fixed)]
