"""What Python models need of dbt and DuckDB.

Belongs here: the one look-up they share. Does not belong here: anything about texts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb


def existing(session: duckdb.DuckDBPyConnection, this: Any) -> str | None:
    """Return the quoted name of the table that the model is about to replace, None if there is none yet."""
    found = session.execute(
        "select 1 from duckdb_tables() where schema_name = ? and table_name = ?",
        [this.schema, this.identifier],
    ).fetchone()
    return f'"{this.schema}"."{this.identifier}"' if found else None
