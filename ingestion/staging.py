"""From one source file to typed, checked, pseudonymised rows in a Parquet file, and the rows that broke the
contract.

Belongs here: applying the contract to a file, in SQL. Does not belong here: which of several versions of a
row counts (`ingestion.merging`), and erasing text of minors (`ingestion.erasure`), which need more than one
file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingestion import quotes, readers
from ingestion.contracts import Column
from ingestion.contracts import entity as canonical
from ingestion.contracts.model import FACTS_FROM, FACTS_UNTIL
from ingestion.files import FileError, SourceFile
from ingestion.lines import lines_of
from ingestion.personal_names import looks_like_data
from ingestion.readers import Relation
from ingestion.shortage import is_shortage
from ingestion.typing_sql import WORKING_PARQUET, Cell, Reading, file_literal, literal, quoted, reading

if TYPE_CHECKING:
    import duckdb


_LIKE_CODE = "[A-Za-z][A-Za-z_\\-]{0,19}"
_LIKE_TIME = "[0-9]{1,4}[-/.:][0-9TZ:+./, \\-]{1,40}"
_REDACTED = "([\\[](email|url|handle|phone)[\\]] ?)+"


@dataclass(frozen=True)
class BadRow:
    """A row that broke the contract: where it is, the first column that did and all reasons."""

    line: int
    column_name: str
    reason: str
    value: str | None
    record: str


@dataclass
class Staged:
    """A file after reading: `path` holds all rows that could be cut into fields, `_bad` marks those in
    quarantine.
    """

    file: SourceFile
    path: Path
    read: int
    bad: list[BadRow] = field(default_factory=list)
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Declared:
    """What the site says about a source's files: the zone's SQL function, further codes, a text meaning
    null, by `entity.column` the value of columns that the files do not have, and roles besides the
    contract's whose ids are no creator's.
    """

    wall: str | None
    codes: Mapping[str, tuple[str, ...]]
    null: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    staff_roles: tuple[str, ...] = ()


def stage(
    connection: duckdb.DuckDBPyConnection, file: SourceFile, number: int, declared: Declared, folder: Path
) -> Staged:
    """Read a local, verified file into `folder`.

    Raises `FileError` when the file as a whole is unusable: a required column missing, not UTF-8, damaged,
    a quote that takes rows away.
    """
    relation = readers.read(connection, file, declared.null)
    for column in file.entity.columns:
        said = declared.values.get(f"{file.entity.name}.{column.name}")
        if said is not None:
            relation.cells.setdefault(column.name, Cell(literal(said)))
    missing = [name for name in file.entity.required if name not in relation.cells]
    # A JSON file without any record has no columns that could be missing.
    if missing and not (file.format == "jsonl" and not relation.cells and not relation.unknown):
        raise file.error(
            f"required column{'s' if len(missing) > 1 else ''} {', '.join(missing)} missing",
            "add it to the export; " + _found(file, relation),
        )
    query = _Query(file, relation, declared)
    path = folder / f"{file.entity.name}-{number}.parquet"
    rejects = f"rejects_{number}"
    source = relation.sql
    if relation.rejects:
        source = source[:-1] + f", rejects_table='{rejects}', rejects_scan='scans_{number}')"
    try:
        written = connection.execute(
            f"COPY ({query.rows(source, number)}) TO {literal(str(path))} ({WORKING_PARQUET})"
        ).fetchone()
    except Exception as error:
        if is_shortage(error):
            raise
        raise _unreadable(file, error) from error
    accepted = int(written[0]) if written else 0
    lost = []
    if relation.rejects:
        lost = _rejected(connection, rejects, file)
        feeds = quotes.check_rejected(connection, rejects, file, relation.names)
        quotes.check_lines(connection, file, relation, accepted, len(lost), feeds)
    found = connection.execute(
        f"SELECT count(*) FROM read_parquet({file_literal(path)}) WHERE _bad"
    ).fetchone()
    staged = Staged(file, path, accepted + len(lost), unknown=relation.unknown)
    if lost or (found and found[0]):
        staged.bad = _bad_rows(connection, query, file, relation, lost, accepted)
    if relation.rejects:
        connection.execute(f"DROP TABLE IF EXISTS {rejects}; DROP TABLE IF EXISTS scans_{number}")
    return staged


def _found(file: SourceFile, relation: Relation) -> str:
    """Say which columns a file has. Where its first row is none of names, that row is about somebody."""
    known = [name for name in relation.cells if name in relation.names] or list(relation.cells)
    if any(map(looks_like_data, relation.names)):
        others = len(relation.names) - len(known)
        also = (
            f"found are {', '.join(known)} and {others} others" if known else f"none of its {others} is known"
        )
        few = len(known) < len(file.entity.required) / 2
        return also + ("; has the file no header?" if few else "")
    return "found are " + (", ".join([*relation.cells, *relation.unknown]) or "no columns")


def _unreadable(file: SourceFile, error: Exception) -> FileError:
    text = str(error)
    if "nicode" in text or "utf-8" in text.lower():
        return file.error("not UTF-8", "export it again in UTF-8")
    if "state machine" in text:
        kinds = "most likely some of its line ends have a carriage return and some have none"
        return file.error(f"cannot be cut into rows, {kinds}", "write all its lines with the same line end")
    return file.error(f"cannot be read ({text.splitlines()[0]})", "export or copy it again")


def _rejected(
    connection: duckdb.DuckDBPyConnection, table: str, file: SourceFile
) -> list[tuple[int, str, str | None]]:
    """Rows of a CSV that cannot be cut into fields: (byte offset, reason, column)."""
    rows = connection.execute(
        f"SELECT line_byte_position, any_value(error_type), any_value(error_message) FROM {table}"
        " GROUP BY line_byte_position ORDER BY line_byte_position"
    ).fetchall()
    for _, kind, _ in rows:
        if kind == "INVALID ENCODING":
            raise file.error("not UTF-8", "export it again in UTF-8")
    # DuckDB counts bytes from 1.
    return [(int(at) - 1, str(message).splitlines()[0], None) for at, _, message in rows]


def _bad_rows(
    connection: duckdb.DuckDBPyConnection,
    query: _Query,
    file: SourceFile,
    relation: Relation,
    lost: list[tuple[int, str, str | None]],
    accepted: int,
) -> list[BadRow]:
    found = connection.execute(query.details(relation.numbered or relation.sql)).fetchall()
    numbers = [int(row[0]) for row in found]
    if file.format == "csv":
        lines, lost_lines = lines_of(file, numbers, [at for at, *_ in lost], accepted, relation.header_lines)
    else:
        lines, lost_lines = numbers, []
    bad = []
    for line, (_, listed, value, record) in zip(lines, found, strict=True):
        problems = json.loads(listed)
        reason = "; ".join(_say(problem) for problem in problems)
        bad.append(BadRow(line, problems[0]["column"], reason, value, record))
    bad += [
        BadRow(line, "", f"not a row of the header's columns: {why}", None, "{}")
        for line, (_, why, _) in zip(lost_lines, lost, strict=True)
    ]
    return bad


def _say(problem: dict[str, Any]) -> str:
    return f"{problem['column']}: {problem['reason']}" if problem["column"] else str(problem["reason"])


class _Query:
    """The SQL that reads one relation by one contract."""

    def __init__(self, file: SourceFile, relation: Relation, declared: Declared) -> None:
        self.source_id = file.source_id
        self.entity = entity = file.entity
        self.relation = relation
        self.staff_roles = declared.staff_roles
        self.readings: dict[str, Reading | None] = {}
        codes = {**declared.codes}
        for column in entity.columns:
            if column.personal_unless:
                of = f"{entity.name}.{column.personal_unless[0]}"
                codes[of] = (*codes.get(of, ()), *declared.staff_roles)
        for column in entity.columns:
            cell = relation.cells.get(column.name)
            at = None if cell is None else Cell(quoted("r_" + column.name), cell.type)
            self.readings[column.name] = (
                None if at is None else reading(column, at, declared.wall, codes, entity.name)
            )

    def _typed(self, source: str, number: bool) -> str:
        """Raw cells (`r_<name>`) beside typed ones (`<name>`)."""
        raw = [f"{cell.sql} AS {quoted('r_' + name)}" for name, cell in self.relation.cells.items()]
        if self.entity.with_extra:
            raw.append(f"{self.relation.extra} AS extra")
        if self.relation.broken:
            raw.append(f"{self.relation.broken} AS _broken")
        if number:
            # Parquet numbers its rows itself; the others are numbered as they are read.
            at = "file_row_number + 1" if "file_row_number" in source else "row_number() OVER ()"
            raw.append(f"{at} AS _record")
        typed = []
        for column in self.entity.columns:
            how = self.readings[column.name]
            value = f"CAST(NULL AS {column.duckdb_type})" if how is None else how.value
            typed.append(f"{value} AS {quoted(column.name)}")
        return f"SELECT *, {', '.join(typed)} FROM (SELECT {', '.join(raw) or '1'} FROM {source})"

    def _violations(self) -> list[tuple[str, str, str]]:
        """(column, condition, reason) of everything that can be wrong with a row."""
        found = [("", "_broken", "not a JSON object")] if self.relation.broken else []
        unless = "NOT _broken AND " if self.relation.broken else ""
        for column in self.entity.columns:
            how = self.readings[column.name]
            if how is None:
                continue
            raw, name = quoted("r_" + column.name), quoted(column.name)
            if how.bad is not None:
                found.append((column.name, how.bad, how.reason))
            elif how.reason:
                found.append((column.name, f"{raw} IS NOT NULL AND {name} IS NULL", how.reason))
            if column.required:
                found.append((column.name, f"{unless}{raw} IS NULL", "missing"))
        for name in self.entity.dated:
            if self.readings[name] is not None:
                outside = (
                    f"{quoted(name)} < '{FACTS_FROM}-01-01' OR {quoted(name)} >= '{FACTS_UNTIL + 1}-01-01'"
                )
                found.append((name, f"({outside})", f"not in the years {FACTS_FROM} to {FACTS_UNTIL}"))
        for order in self.entity.orders:
            condition = f"{quoted(order.later)} < {quoted(order.earlier)}"
            found.append((order.later, condition, f"before {order.earlier}"))
        found.extend((rule.column, f"({rule.violated_when})", rule.reason) for rule in self.entity.rules)
        return found

    def rows(self, source: str, number: int) -> str:
        """All rows as they will be loaded, with `_file` and `_bad`."""
        bad = (
            " OR ".join(f"coalesce({condition}, FALSE)" for _, condition, _ in self._violations()) or "FALSE"
        )
        columns = [f"{self._final(column)} AS {quoted(column.name)}" for column in self.entity.columns]
        if self.entity.with_extra:
            columns.append("extra")
        columns.append(f"{literal(self.source_id)} AS source_id")
        columns.append(f"CAST({number} AS INTEGER) AS _file")
        columns.append(f"({bad}) AS _bad")
        return f"SELECT {', '.join(columns)} FROM ({self._typed(source, number=False)})"

    def details(self, source: str) -> str:
        """Record number, problems and shown record of bad rows only, in the file's order."""
        problems = ", ".join(
            f"CASE WHEN {condition} THEN {{'column': {literal(name)}, 'reason': {literal(reason)}}} END"
            for name, condition, reason in self._violations()
        )
        fields = ", ".join(
            f"{literal(column.name)}, {self._kept(column)}"
            for column in self.entity.columns
            if column.name in self.relation.cells and not _private(column)
        )
        record = f"CAST(json_merge_patch('{{}}', json_object({fields})) AS VARCHAR)"
        values = " ".join(f"WHEN {literal(name)} THEN {self._shown(name)}" for name in self.relation.cells)
        value = f"CASE problems[1].column {values} END" if values else "CAST(NULL AS VARCHAR)"
        return (
            f"SELECT _record, CAST(to_json(problems) AS VARCHAR), {value}, {record}"
            f" FROM (SELECT *, list_filter([{problems}], lambda p: p IS NOT NULL) AS problems"
            f" FROM ({self._typed(source, number=True)})) WHERE len(problems) > 0 ORDER BY _record"
        )

    def _shown(self, name: str) -> str:
        """A raw value that broke the contract, as quarantine may show it.

        In a row whose cells are shifted any of them may hold an id of a creator or a name: shown is what is
        written as a code or a time and is in no cell of the row that is personal.
        """
        if not name or name not in self.relation.cells:
            return "CAST(NULL AS VARCHAR)"
        raw = self._raw(name)
        if _private(self.entity.column(name)):
            return f"CASE WHEN {raw} IS NOT NULL THEN '[personal]' END"
        private = [
            self._raw(c.name) for c in self.entity.columns if c.name in self.relation.cells and _private(c)
        ]
        among = " OR ".join(f"{raw} IS NOT DISTINCT FROM {cell}" for cell in private) or "FALSE"
        shown = f"regexp_full_match({raw}, '{_LIKE_CODE}|{_LIKE_TIME}') AND NOT ({among})"
        redacted = f"regexp_full_match(redact({raw}), '{_REDACTED}')"
        return (
            f"CASE WHEN {raw} IS NULL THEN NULL WHEN {shown} OR {redacted} THEN redact({raw})"
            " ELSE '[not shown]' END"
        )

    def _kept(self, column: Column) -> str:
        """A value of a row in quarantine that says which row it is: its key, and what is valid."""
        if column.name in self.entity.key:
            return f"redact({self._raw(column.name)})"
        how = self.readings[column.name]
        if how is None or not how.reason:
            return "CAST(NULL AS VARCHAR)"
        name = quoted(column.name)
        bad = how.bad if how.bad is not None else f"{name} IS NULL"
        return f"CASE WHEN NOT coalesce({bad}, TRUE) THEN {self._raw(column.name)} END"

    def _raw(self, name: str) -> str:
        return Cell(quoted("r_" + name), self.relation.cells[name].type).text

    def _final(self, column: Column) -> str:
        value = quoted(column.name)
        if column.protects and column.name in self.relation.cells:
            # Such a row goes to quarantine; what else is about its subject does not.
            value = f"CASE WHEN {quoted('r_' + column.name)} IS NOT NULL THEN coalesce({value}, TRUE) END"
        if column.default is not None:
            value = f"coalesce({value}, {literal(column.default)})"
        elif column.default_from:
            value = f"coalesce({', '.join(quoted(name) for name in (column.name, *column.default_from))})"
        if column.personal:
            return f"pseudonym({value})"
        if column.personal_unless:
            of, staff = column.personal_unless
            kept = ", ".join(map(literal, (*staff, *self.staff_roles)))
            return f"CASE WHEN {quoted(of)} IN ({kept}) THEN {value} ELSE pseudonym({value}) END"
        if column.free_text:
            return f"redact({value})"
        if column.value_of:
            of = quoted(column.value_of)
            return (
                f"CASE WHEN {of} IN ({names(personal=False)}) THEN {value}"
                f" WHEN {of} IN ({names(personal=True)}) OR is_personal_name({of}) THEN pseudonym({value})"
                f" ELSE withheld({value}) END"
            )
        return value


def names(*, personal: bool) -> str:
    """SQL list of the ticket columns that hold creators' ids, or of those that hold neither ids nor free
    text.
    """
    return ", ".join(
        literal(column.name)
        for column in canonical("tickets").columns
        if (column.personal if personal else not column.personal and not column.free_text)
    )


def _private(column: Column) -> bool:
    return column.personal or bool(column.personal_unless) or column.free_text or bool(column.value_of)
