"""Which columns a model's columns are made of, read from its compiled SQL.

Belongs here: SQL text and schemas in, column names out, kept between runs. Does not belong here: Dagster's
metadata types (`orchestration.dbt_assets`) or running SQL.

dagster-dbt can do this too, but parses the model once for each of its columns; here once per model.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# column -> pairs of (relation as `schema.table`, column) it is made of
Lineage = dict[str, list[tuple[str, str]]]
# relation as `schema.table` -> column -> type
Schemas = Mapping[str, Mapping[str, str]]


class LineageCache:
    """Column lineage by the content it rests on; only changed models are parsed again."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[str, Lineage] = {}
        self._used: dict[str, Lineage] = {}
        if file.exists():
            try:
                self._known = json.loads(file.read_text(encoding="utf-8"))
            except ValueError:
                self._known = {}

    def of(self, sql: str, parents: Schemas, dialect: str = "duckdb") -> Lineage:
        """Return the lineage of `sql`, an empty one where it can't be told."""
        key = hashlib.sha256(json.dumps([sql, parents, dialect], sort_keys=True).encode()).hexdigest()
        found = self._known.get(key)
        if found is None:
            found = column_lineage(sql, parents, dialect)
        self._used[key] = found
        return found

    def save(self) -> None:
        """Keep what was used in this run, forget the rest."""
        if self._used and self._used.keys() != self._known.keys():
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(json.dumps(self._used), encoding="utf-8")


def column_lineage(sql: str, parents: Schemas, dialect: str = "duckdb") -> Lineage:
    """Return for each column of the query the parent columns it is made of; empty if it can't be told."""
    from sqlglot import exp
    from sqlglot.errors import SqlglotError
    from sqlglot.lineage import lineage

    schema: dict[str, dict[str, dict[str, str]]] = {}
    for relation, columns in parents.items():
        name, table = relation.split(".", 1)
        schema.setdefault(name, {})[table] = dict(columns)
    try:
        nodes = lineage(None, _without_catalog(sql, dialect), schema, dialect=dialect, trim_selects=False)
    except (SqlglotError, RecursionError, KeyError, ValueError):
        return {}
    result: Lineage = {}
    for column, node in nodes.items():
        made_of = set()
        for leaf in node.walk():
            source = leaf.expression.find(exp.Table)
            if leaf.downstream or source is None or f"{source.db}.{source.name}" not in parents:
                continue
            if leaf.name.endswith("*"):  # a count of rows, or a star nobody could expand
                continue
            made_of.add((f"{source.db}.{source.name}", exp.to_column(leaf.name).name.lower()))
        result[column.lower()] = sorted(made_of)
    return result


def _without_catalog(sql: str, dialect: str) -> Any:
    """Compiled models name tables `database.schema.table`; the database is the same for all and left out."""
    from sqlglot import exp, parse_one

    tree = parse_one(sql, dialect=dialect)
    for table in tree.find_all(exp.Table):
        table.set("catalog", None)
    return tree
