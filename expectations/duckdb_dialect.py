"""A DuckDB dialect that Great Expectations can read with.

Belongs here: the one difference to `duckdb_engine`, and its registration. Does not belong here: anything
about checks.

Great Expectations gives a connection back to the pool before it fetches. As shipped, `duckdb_engine` then
rolls back and DuckDB drops the pending result. Reading needs no transaction, so here begin, rollback and
commit do nothing.
"""

from __future__ import annotations

from typing import Any

import duckdb_engine

DRIVER = "warehouse"


class WarehouseDialect(duckdb_engine.Dialect):
    """`duckdb_engine` without transactions, for reading only."""

    supports_statement_cache = False

    def connect(self, *arguments: Any, **options: Any) -> Any:
        """Open a connection that shows instants in UTC; DuckDB does not take the zone as a start option."""
        connection = super().connect(*arguments, **options)
        connection.execute("set TimeZone = 'UTC'")
        return connection

    def do_begin(self, connection: Any) -> None:
        """Start nothing: a rollback later would drop the result that is still to be fetched."""

    def do_rollback(self, connection: Any) -> None:
        """Keep the pending result."""

    def do_commit(self, connection: Any) -> None:
        """Keep the pending result."""


def register() -> None:
    """Make `warehouse:///<file>` a URL SQLAlchemy can open. Safe to repeat."""
    from sqlalchemy.dialects import registry

    registry.register(DRIVER, __name__, WarehouseDialect.__name__)
