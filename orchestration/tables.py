"""Row counts and columns of the build file's tables, for everyone who looks at the asset graph.

Belongs here: reading the catalogue into plain types, and those into Dagster's metadata. Does not belong here:
anything about rows' content.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import dagster as dg
import duckdb

from ingestion.paths import Paths


@dataclass(frozen=True)
class Table:
    """A relation: `rows` is None for a view, whose rows would have to be computed to be counted."""

    name: str
    columns: Mapping[str, str]
    rows: int | None


def read_tables(paths: Paths, schemas: Collection[str]) -> dict[str, Table]:
    """Return the tables and views of the schemas by `schema.table`, in three queries."""
    with duckdb.connect(str(paths.warehouse), read_only=True) as connection:
        columns: dict[str, dict[str, str]] = {}
        for schema, table, column, data_type in connection.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns()"
            " where list_contains(?, schema_name) order by table_name, column_index",
            [list(schemas)],
        ).fetchall():
            columns.setdefault(f"{schema}.{table}", {})[column] = data_type
        tables = connection.execute(
            "select schema_name || '.' || table_name,"
            " 'select ''' || schema_name || '.' || table_name || ''', count(*) from \"'"
            " || schema_name || '\".\"' || table_name || '\"' from duckdb_tables()"
            " where list_contains(?, schema_name)",
            [list(schemas)],
        ).fetchall()
        counts = dict(
            connection.execute(" union all ".join(query for _, query in tables)).fetchall() if tables else []
        )
    return {name: Table(name, shape, counts.get(name)) for name, shape in columns.items()}


def table_metadata(table: Table, spec: dg.AssetSpec) -> dict[str, dg.MetadataValue | int]:
    """Return Dagster's row count and column schema; descriptions of columns are those of the spec."""
    declared = spec.metadata.get("dagster/column_schema")
    schema = declared.schema if isinstance(declared, dg.TableSchemaMetadataValue) else declared
    columns = schema.columns if isinstance(schema, dg.TableSchema) else []
    descriptions = {column.name: column.description for column in columns}
    metadata: dict[str, dg.MetadataValue | int] = {
        "dagster/column_schema": dg.MetadataValue.table_schema(
            dg.TableSchema(
                columns=[
                    dg.TableColumn(name, data_type, descriptions.get(name))
                    for name, data_type in table.columns.items()
                ]
            )
        )
    }
    if table.rows is not None:
        metadata["dagster/row_count"] = table.rows
    return metadata


def relation_of(key: dg.AssetKey) -> str:
    """Return the relation an asset stands for: `marts/fct_tickets` is `marts.fct_tickets`."""
    return ".".join(key.path)
