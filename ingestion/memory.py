"""How much memory the models and the loader may take.

Belongs here: the rule, for whoever starts DuckDB: the loader, the orchestrator and the bench. Does not belong
here: DuckDB's other settings (`dbt_project/profiles.yml`, which also has the limit of a `dbt build` by hand).
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import duckdb

VARIABLE = "DBT_MEMORY"
LEAST_MB = 4000
# A million tickets are 20 million rows in all. Three million fail with 4 GB, however much DuckDB spills.
ROWS_PER_MB = 5100
READING_VARIABLE = "INGESTION_MEMORY"
READING_MB = 3000
_UNITS = {"bytes": 0, "byte": 0, "KiB": 1, "MiB": 2, "GiB": 3, "TiB": 4, "PiB": 5}


def memory_limit(warehouse: Path) -> str:
    """Return the limit in DuckDB's words: DBT_MEMORY, else by the rows of the raw tables of the build file.

    4 GB up to a million tickets and 4 GB more for each further million, but no more than the process may use.
    """
    if given := os.environ.get(VARIABLE):
        return given
    return _capped(max(LEAST_MB, _raw_rows(warehouse) // ROWS_PER_MB))


def reading_limit() -> str:
    """Return the loader's limit: INGESTION_MEMORY, else 3 GB, but no more than the process may use."""
    return os.environ.get(READING_VARIABLE) or _capped(READING_MB)


def _raw_rows(warehouse: Path) -> int:
    if not warehouse.exists():
        return 0
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        [(rows,)] = connection.execute(
            "select coalesce(sum(estimated_size), 0) from duckdb_tables() where schema_name = 'raw'"
        ).fetchall()
    return int(rows)


def _capped(megabytes: int) -> str:
    return f"{min(megabytes, _allowed_mb())}MB"


def _allowed_mb() -> int:
    """What DuckDB takes where nobody says anything: 80 % of the machine, or of its container's limit."""
    with duckdb.connect() as connection:
        [(said,)] = connection.execute("select current_setting('memory_limit')").fetchall()
    return _megabytes(said)


def _megabytes(said: str) -> int:
    """Read DuckDB's own words for an amount of memory, such as `18.8 GiB`."""
    found = re.fullmatch(r"([0-9.]+) ([A-Za-z]+)", said)
    if found is None or found[2] not in _UNITS:
        raise ValueError(f"memory_limit: DuckDB says {said!r}, which is no amount of memory")
    return int(float(found[1]) * 1024 ** _UNITS[found[2]] / 1_000_000)
