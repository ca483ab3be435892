"""How much memory the models may take.

Belongs here: the rule, for whoever starts dbt: the orchestrator and the bench. Does not belong here: DuckDB's
other settings (`dbt_project/profiles.yml`, which also has the limit of a `dbt build` by hand).
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

VARIABLE = "DBT_MEMORY"
LEAST_MB = 4000
# A million tickets are 20 million rows in all. Three million fail with 4 GB, however much DuckDB spills.
ROWS_PER_MB = 5100
# What DuckDB allows itself where nobody says anything.
SHARE_OF_MACHINE = 0.8


def memory_limit(warehouse: Path) -> str:
    """Return the limit in DuckDB's words: DBT_MEMORY, else by the rows of the raw tables of the build file.

    4 GB up to a million tickets and 4 GB more for each further million, but no more than 80 % of the machine.
    """
    if given := os.environ.get(VARIABLE):
        return given
    if not warehouse.exists():
        return f"{LEAST_MB}MB"
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        [(rows,)] = connection.execute(
            "select coalesce(sum(estimated_size), 0) from duckdb_tables() where schema_name = 'raw'"
        ).fetchall()
    wanted = max(LEAST_MB, int(rows) // ROWS_PER_MB)
    return f"{min(wanted, int(_machine_mb() * SHARE_OF_MACHINE))}MB"


def _machine_mb() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1_000_000
