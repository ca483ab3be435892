"""Where everything that is written lives.

Belongs here: the layout of `DATA_DIR`. Does not belong here: creating, reading or writing any of it,
or where a site's sources are (`ingestion.site`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_REPOSITORY = Path(__file__).resolve().parents[1]


def data_dir_from_env() -> Path:
    """Return `DATA_DIR` as an absolute path, by default the repository's `data/`."""
    configured = os.environ.get("DATA_DIR", "").strip()
    return Path(configured).expanduser().resolve() if configured else _REPOSITORY / "data"


@dataclass(frozen=True)
class Paths:
    """Paths under one data folder; no property creates anything."""

    data_dir: Path

    @classmethod
    def from_env(cls) -> Paths:
        """Return the paths of `DATA_DIR`, by default of the repository's `data/`."""
        return cls(data_dir_from_env())

    @property
    def warehouse(self) -> Path:
        """The build file: raw, staging, intermediate and marts. BI never opens it."""
        return self.data_dir / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        """The serving file: published marts only."""
        return self.data_dir / "published" / "marts.duckdb"

    @property
    def dlt(self) -> Path:
        """State and load packages of the dlt pipelines."""
        return self.data_dir / "dlt"

    @property
    def reports(self) -> Path:
        """Validation pages for people."""
        return self.data_dir / "reports"

    @property
    def dagster_home(self) -> Path:
        """Dagster's instance folder (`DAGSTER_HOME`)."""
        return self.data_dir / "dagster"

    @property
    def simulated(self) -> Path:
        """Sites written by the simulator."""
        return self.data_dir / "simulated"

    @property
    def secrets(self) -> Path:
        """The pseudonym key generated for a site that has none (mode 0600)."""
        return self.data_dir / "secrets"

    @property
    def scratch(self) -> Path:
        """Working files of a running load; emptied at its start and its end."""
        return self.data_dir / "scratch"

    @property
    def site_record(self) -> Path:
        """Says whose state the folder holds."""
        return self.data_dir / "site.json"

    def set_aside(self, name: str) -> Path:
        """Return where the state of a site waits while the folder holds another's."""
        return self.data_dir / "sites" / name
