"""A creator support organisation that never was: raw exports of any size, and the true value of what they
mean.

Belongs here: everything that writes a simulated site. Nothing here reads the warehouse, and nothing outside
the tests and `python -m ingestion simulate` uses it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ingestion.simulator.site import SimulationSummary, write_site

__all__ = ["SimulationSummary", "write_site"]


def __getattr__(name: str) -> Any:
    """numpy and pyarrow are loaded when a site is written, not when `ingestion` is imported."""
    if name in __all__:
        from ingestion.simulator import site

        return getattr(site, name)
    raise AttributeError(name)
