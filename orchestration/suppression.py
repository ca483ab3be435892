"""Small cells: rows of aggregates that count few cases of minors are published without their numbers.

Belongs here: which rows and columns are blanked, as SQL over a table of the build file. Does not belong here:
copying (`orchestration.publish`) or what a minor's case is (the column `minor_count` of each aggregate).

An aggregate is a mart with a column `minor_count`. The columns of its grain (`meta.grain` in its yml,
`is_grain` in `dim_metric`) stay, and its key, which is a hash of them; everything else of a suppressed row is
null. In the build file the numbers stay, so that the reconciliations of the build can be made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

COUNT = "minor_count"
FLAG = "is_suppressed"
FLAG_DESCRIPTION = (
    "True where the row counts cases of minors, but fewer than minors_minimum_cell of site.yml: all columns"
    " that are not of its grain are null then. Only in the published file."
)


class SuppressionError(RuntimeError):
    """An aggregate does not say what its grain is, so nobody can tell what to blank."""


def grains(connection: duckdb.DuckDBPyConnection, schema: str) -> Mapping[str, frozenset[str]]:
    """Return the columns of the grain by mart, from the metric dictionary; empty without a dictionary."""
    catalog, name = schema.split(".")
    known = connection.execute(
        "select count(*) from duckdb_columns() where database_name = ? and schema_name = ?"
        " and table_name = 'dim_metric' and column_name = 'is_grain'",
        [catalog, name],
    ).fetchall()
    if known == [(0,)]:
        return {}
    found: dict[str, set[str]] = {}
    for mart, column in connection.execute(
        f"select mart, column_name from {schema}.dim_metric where is_grain"
    ).fetchall():
        found.setdefault(mart, set()).add(column)
    return {mart: frozenset(columns) for mart, columns in found.items()}


def as_published(
    relation: str, mart: str, columns: Sequence[str], grain: frozenset[str], minimum: int
) -> str:
    """Return SQL that gives the rows of `relation` as they may be published.

    `columns` are all columns of the mart in order; rows with 0 < `minor_count` < `minimum` are blanked.
    Raises `SuppressionError` for an aggregate whose grain is unknown or is not among its columns.
    """
    if COUNT not in columns:
        return f"select * from {relation}"
    if not grain or not grain <= set(columns):
        raise SuppressionError(
            f"{mart} has a column {COUNT}, so its small cells have to be suppressed, but config.meta.grain in"
            f" its yml does not name columns of it: {sorted(grain) or 'nothing'}; build dim_metric, or"
            " correct the yml"
        )
    kept = grain | {column for column in columns[:1] if column.endswith("_key")}
    small = f"({COUNT} > 0 and {COUNT} < {minimum})"
    values = [
        f'"{column}"' if column in kept else f'case when not {small} then "{column}" end as "{column}"'
        for column in columns
    ]
    return f"select {', '.join(values)}, {small} as {FLAG} from {relation}"
