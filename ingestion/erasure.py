"""Whose text is not kept: minors', and that of tickets deleted for good at the source (SEMANTICS A51).

Belongs here: finding protected subjects, and the SQL that erases what is about them. Does not belong here:
pseudonyms and redaction, which apply to everybody (`ingestion.privacy`).

Once protected, always protected: any version of a ticket that said `is_minor`, also one that lost to a
later version or went to quarantine, counts, and so does one whose `is_minor` cannot be read. So the order
and the split of deliveries make no difference.
Staff ids stay, being facts about the work (tier minutes, handoffs and credited replies rest on them).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ingestion.contracts import Column, Entity, entity
from ingestion.staging import names
from ingestion.typing_sql import literal, quoted

if TYPE_CHECKING:
    import duckdb

PROTECTED_TABLE = "protected_subjects"
PROTECTED_COLUMNS = {"source_id": "VARCHAR", "kind": "VARCHAR", "id": "VARCHAR", "is_hard_delete": "BOOLEAN"}


def find(
    connection: duckdb.DuckDBPyConnection,
    incoming: Mapping[str, str],
    stored: Mapping[str, str],
    references: Iterable[tuple[str, str, str]],
) -> int:
    """Fill the temporary tables `protected` (all), `protected_new`, and `protected_for`; return how many
    are new.

    `incoming` and `stored` are relations (SQL) by entity; `references` are (source, id's name, source meant).
    """
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE links (source_id VARCHAR, kind VARCHAR, target VARCHAR);"
        "CREATE OR REPLACE TEMP TABLE protected AS"
        " SELECT NULL::VARCHAR AS source_id, NULL::VARCHAR AS kind, NULL::VARCHAR AS id, FALSE AS"
        " is_hard_delete LIMIT 0"
    )
    rows = [(source, name.removesuffix("_id"), target) for source, name, target in references]
    if rows:
        connection.executemany("INSERT INTO links VALUES (?, ?, ?)", rows)
    if PROTECTED_TABLE in stored:
        connection.execute(f"INSERT INTO protected BY NAME SELECT * FROM {stored[PROTECTED_TABLE]}")
    connection.execute("CREATE OR REPLACE TEMP TABLE protected_known AS FROM protected")
    connection.execute("CREATE OR REPLACE TEMP TABLE protected_new AS FROM protected LIMIT 0")
    _add(connection, "ticket", "FALSE", "ticket_id", incoming, "tickets", "is_minor")
    _add(connection, "decision", "FALSE", "decision_id", incoming, "decisions", "is_minor")
    hard = "NOT _bad AND event_type = 'delete' AND reference = 'hard'"
    _add(connection, "ticket", "TRUE", "ticket_id", incoming, "ticket_events", hard, by_link=True)
    # Appeals and reviews inherit from what they are about; a new ticket may protect old ones, so
    # stored rows count.
    for name, kind in (("appeal_decisions", "appeal"), ("appeals", "appeal"), ("quality_reviews", "review")):
        for relations in (incoming, stored):
            if name in relations:
                _inherit(connection, relations[name], name, kind)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE protected AS"
        " SELECT source_id, kind, id, bool_or(is_hard_delete) AS is_hard_delete FROM protected GROUP BY ALL"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE protected_new AS FROM protected EXCEPT FROM protected_known"
    )
    _link(connection)
    found = connection.execute("SELECT count(*) FROM protected_new").fetchone()
    return int(found[0]) if found else 0


def _link(connection: duckdb.DuckDBPyConnection) -> None:
    """`protected_for`: the same by the source whose rows speak about them."""
    for name in ("protected", "protected_new"):
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {name}_for AS SELECT l.source_id, p.kind, p.id,"
            f" bool_or(p.is_hard_delete) AS is_hard_delete FROM {name} p"
            " JOIN links l ON l.kind = p.kind AND l.target = p.source_id GROUP BY ALL"
        )


def _add(
    connection: duckdb.DuckDBPyConnection,
    kind: str,
    hard: str,
    column: str,
    incoming: Mapping[str, str],
    name: str,
    condition: str,
    *,
    by_link: bool = False,
) -> None:
    if name not in incoming:
        return
    owner = "l.target" if by_link else "t.source_id"
    join = f" JOIN links l ON l.source_id = t.source_id AND l.kind = {literal(kind)}" if by_link else ""
    connection.execute(
        f"INSERT INTO protected SELECT DISTINCT {owner}, {literal(kind)}, t.{column}, {hard}"
        f" FROM {incoming[name]} t{join} WHERE t.{column} IS NOT NULL AND {condition}"
    )


def _inherit(connection: duckdb.DuckDBPyConnection, relation: str, name: str, kind: str) -> None:
    _link(connection)
    subjects = [about for about in entity(name).about if about.kind != kind]
    identity = entity(name).key[0]
    for about in subjects:
        more = "" if about.when is None else f" AND t.{about.when[0]} = {literal(about.when[1])}"
        connection.execute(
            f"INSERT INTO protected SELECT DISTINCT t.source_id, {literal(kind)}, t.{identity},"
            " p.is_hard_delete"
            f" FROM {relation} t JOIN protected_for p ON p.source_id = t.source_id"
            f" AND p.kind = {literal(about.kind)} AND p.id = t.{about.column}{more}"
        )


def find_stored(connection: duckdb.DuckDBPyConnection, table: Entity, stored: str) -> int:
    """Fill `about_protected` with the places of stored rows about newly protected subjects; return how many.

    Only the columns that say whom a row is about are read.
    """
    parts = ["SELECT NULL::BIGINT AS r LIMIT 0"]
    for about in table.about:
        more = "" if about.when is None else f" AND t.{quoted(about.when[0])} = {literal(about.when[1])}"
        parts.append(
            f"SELECT t.rowid AS r FROM {stored} t JOIN protected_new_for p ON p.source_id = t.source_id"
            f" AND p.kind = {literal(about.kind)} AND p.id = t.{quoted(about.column)}{more}"
        )
    joined = " UNION ".join(f"({part})" for part in parts)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE about_protected AS {joined}")
    found = connection.execute("SELECT count(*) FROM about_protected").fetchone()
    return int(found[0]) if found else 0


def erased(table: Entity, relation: str, protected: str = "protected_for", *, only: bool = False) -> str:
    """Return the relation with erased columns; with `only`, just the rows about a protected subject.

    Keeps every other column of the relation (also ones that begin with `_`).
    """
    joins, marks, hard = [], [], []
    for number, about in enumerate(table.about):
        alias = f"p{number}"
        more = "" if about.when is None else f" AND t.{quoted(about.when[0])} = {literal(about.when[1])}"
        joins.append(
            f"LEFT JOIN (SELECT source_id, id, is_hard_delete FROM {protected} WHERE kind ="
            f" {literal(about.kind)})"
            f" {alias} ON {alias}.source_id = t.source_id AND {alias}.id = t.{quoted(about.column)}{more}"
        )
        marks.append(f"{alias}.id IS NOT NULL")
        hard.append(f"coalesce({alias}.is_hard_delete, FALSE)")
    if not joins:
        return relation
    replaced = [f"{sql} AS {quoted(name)}" for name, sql in _replacements(table).items()]
    marked = f"{' OR '.join(marks)} AS _p, {' OR '.join(hard)} AS _hard"
    inner = f"SELECT t.*, {marked} FROM {relation} t {' '.join(joins)}"
    where = " WHERE _p" if only else ""
    replace = f" REPLACE ({', '.join(replaced)})" if replaced else ""
    return f"(SELECT * EXCLUDE (_p, _hard){replace} FROM ({inner}){where})"


def _replacements(table: Entity) -> dict[str, str]:
    found = {column.name: sql for column in table.columns if (sql := _erased_column(column))}
    if table.with_extra:
        found["extra"] = "CASE WHEN _p THEN NULL ELSE extra END"
    return found


def _erased_column(column: Column) -> str | None:
    value = quoted(column.name)
    if column.free_text:
        return f"CASE WHEN _p THEN NULL ELSE {value} END"
    if column.personal:
        return f"CASE WHEN _hard THEN NULL ELSE {value} END"
    if column.personal_unless:
        # Which further roles are staff differs by source: of those, a creator's id is a pseudonym here.
        of, staff = quoted(column.personal_unless[0]), ", ".join(map(literal, column.personal_unless[1]))
        pseudonym = f"regexp_full_match({value}, '[0-9a-f]{{64}}')"
        creator = f"({of} IS NULL OR ({of} NOT IN ({staff}) AND {pseudonym}))"
        return f"CASE WHEN _hard AND {creator} THEN NULL ELSE {value} END"
    if column.value_of:
        of = quoted(column.value_of)
        return (
            f"CASE WHEN _hard AND {of} IN ({names(personal=True)}) THEN NULL WHEN _p AND coalesce({of},"
            f" '') NOT IN"
            f" ({names(personal=False)}, {names(personal=True)}) THEN NULL ELSE {value} END"
        )
    return None


def erasable(column: Column) -> bool:
    """Whether erasing may change the column: such columns do not decide between two versions."""
    return _erased_column(column) is not None
