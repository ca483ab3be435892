"""Readers of CSV, JSON lines and Parquet: each gives a SQL relation with one text (or typed) cell per column.

Belongs here: formats, headers, encodings. Does not belong here: types and codes (`ingestion.typing_sql`),
bad rows (`ingestion.staging`).
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingestion.files import SourceFile
from ingestion.personal_names import is_personal, looks_like_data, shown
from ingestion.shortage import is_shortage
from ingestion.typing_sql import Cell, file_literal, is_native, literal, quoted

if TYPE_CHECKING:
    import duckdb

_HEADER_BYTES = 1 << 20
MAX_LINE = 64 << 20


@dataclass(frozen=True)
class Relation:
    """A file as SQL: `sql` can stand after FROM; `cells` by column name; `extra` a JSON text of all other
    columns.

    `names` are a CSV's columns in order, read as `c0`, `c1` and so on. `broken` is a condition under which a
    row is no record at all. `rejects` tells that rows which cannot be cut into fields are left out by the
    reader and listed in DuckDB's rejects table.
    """

    sql: str
    cells: dict[str, Cell]
    extra: str
    unknown: tuple[str, ...] = ()
    broken: str | None = None
    rejects: bool = False
    header_lines: int = 0
    numbered: str = ""
    names: list[str] = field(default_factory=list)


def read(connection: duckdb.DuckDBPyConnection, file: SourceFile, null: str = "") -> Relation:
    """Return the relation of a local file; `null` is a text that means null besides the empty one.

    Raises `FileError` if the header cannot be read, a column stands twice, or a Parquet file is damaged.
    """
    if file.format == "csv":
        return _csv(file, null)
    if file.format == "jsonl":
        return _jsonl(connection, file, null)
    return _parquet(connection, file, null)


def _value(text: str, null: str) -> str:
    """Empty (or blank) means null in every format, so that a site may change its format at any time."""
    # The first comparison is cheap and nearly always false: only blanks and control signs sort before "!".
    blank = f"{text} < '!' AND trim({text}) = ''" + (f" OR {text} = {literal(null)}" if null else "")
    return f"CASE WHEN {blank} THEN NULL ELSE {text} END"


def _extra(columns: dict[str, str]) -> str:
    """JSON text of unknown columns, by the name to show, that are not null; redacted, since nobody has said
    what they hold.
    """
    if not columns:
        return "CAST(NULL AS VARCHAR)"
    parts = [f"{literal(name)}, {columns[name]}" for name in sorted(columns)]
    # A merge patch drops nulls.
    return f"nullif(CAST(json_merge_patch('{{}}', json_object({', '.join(parts)})) AS VARCHAR), '{{}}')"


def _unknown(columns: dict[str, str], names: Sequence[str]) -> dict[str, str]:
    """Values of unknown columns as they may be kept, by the names to show; `names` are all of the file."""
    kept = {}
    for name, text in columns.items():
        withheld = f"CASE WHEN {text} IS NOT NULL THEN '[personal]' END"
        kept[shown(name, names.index(name) + 1)] = withheld if is_personal(name) else f"withheld({text})"
    return kept


def _header(file: SourceFile) -> tuple[list[str], int]:
    """Return the column names of a CSV, and the number of lines that the header takes."""
    opener = gzip.open if file.zipped else open
    with opener(file.location, "rb") as stream:
        start = stream.read(_HEADER_BYTES)
    try:
        # The cut may be inside a character; the whole file's encoding is checked when it is read.
        text = io.StringIO(
            start.decode("utf-8-sig", errors="strict" if len(start) < _HEADER_BYTES else "ignore"), newline=""
        )
    except UnicodeDecodeError:
        text = io.StringIO(start.decode("utf-8-sig", errors="replace"), newline="")
    rows = csv.reader(text, strict=True)
    try:
        names = [name.strip() for name in next(rows)]
    except (csv.Error, StopIteration) as error:
        raise file.error(
            f"the header cannot be read ({error})", "export it again as CSV with a header"
        ) from error
    if any("\ufffd" in name for name in names):
        raise file.error("the header is not UTF-8", "export it again in UTF-8")
    if len(names) == 1:
        for sign, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if sign in names[0]:
                raise file.error(f"columns are separated by {word}", "export it with commas")
    return names, rows.line_num


def _csv(file: SourceFile, null: str) -> Relation:
    written, header_lines = _header(file)
    names = [file.entity.headers.get(name, name) for name in written]
    for number, name in enumerate(names, start=1):
        if names.count(name) > 1:
            # Without a header, what stands twice is somebody's value.
            fair = file.entity.has(name) or not any(map(looks_like_data, names))
            what = f"column {shown(name, number) if fair else number} stands twice"
            raise file.error(what, "rename or drop one of them" + ("" if fair else "; has it no header?"))
    columns = {name: f"c{index}" for index, name in enumerate(names)}
    types = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(len(names)))
    zipped = "gzip" if file.zipped else "none"
    sql = (
        f"read_csv({file_literal(file.location)}, auto_detect=false, header=true, columns={{{types}}},"
        f" delim=',', quote='\"', escape='\"', compression='{zipped}',"
        f" ignore_errors=true, store_rejects=true,"
        f" rejects_limit=0, strict_mode=true, null_padding=false, max_line_size={MAX_LINE}, parallel=true)"
    )
    known = {column.name for column in file.entity.columns}
    cells = {name: Cell(_value(at, null)) for name, at in columns.items() if name in known}
    unknown = _unknown({name: _value(at, null) for name, at in columns.items() if name not in known}, names)
    return Relation(
        sql,
        cells,
        _extra(unknown) if file.entity.with_extra else "",
        tuple(unknown),
        rejects=True,
        header_lines=header_lines,
        names=names,
    )


def _jsonl(connection: duckdb.DuckDBPyConnection, file: SourceFile, null: str) -> Relation:
    zipped = "gzip" if file.zipped else "none"
    # One column that takes the whole line: DuckDB's own JSON reader gives up at the first bad line.
    lines = (
        f"read_csv({file_literal(file.location)}, auto_detect=false, header=false,"
        f" columns={{'line': 'VARCHAR'}}, delim='\\x01', quote='', escape='', compression='{zipped}',"
        f" max_line_size={MAX_LINE}, strict_mode=false)"
    )
    names = [column.name for column in file.entity.columns]
    shape = "{" + ", ".join(f'"{name}": "VARCHAR"' for name in names) + "}"
    good = "CASE WHEN json_valid(line) AND json_type(line) = 'OBJECT' THEN line END"
    try:
        keys = connection.execute(
            f"SELECT DISTINCT unnest(json_keys({good})) FROM {lines} WHERE line IS NOT NULL"
        ).fetchall()
    except Exception as error:
        if is_shortage(error):
            raise
        raise file.error(
            f"cannot be read ({_first_line(error)})", "export it again in UTF-8, one object a line"
        ) from error
    found = {str(key) for (key,) in keys}
    unknown = tuple(sorted(found - set(names)))
    patch = "{" + ", ".join(f'"{name}": null' for name in names) + "}"
    others = f"json_merge_patch(record, {literal(patch)})"
    # Keys that are no names, but somebody's address or number, are numbered.
    extra = (
        f"CASE WHEN {others} <> '{{}}' THEN"
        f" CAST(to_json(map_from_entries(list_transform(list_sort(json_keys({others})), lambda k, i:"
        f" (CASE WHEN is_shown_name(k) THEN k ELSE '[column ' || i || ']' END,"
        f" CASE WHEN is_personal_name(k) THEN '[personal]' ELSE withheld({others} ->> k) END)))) AS VARCHAR)"
        " END"
    )
    parsed = f"from_json(record, {literal(shape)}) AS o"
    sql = f"(SELECT record, {parsed} FROM (SELECT {good} AS record FROM {lines} WHERE line IS NOT NULL))"
    # Blank lines are no records, but they are lines.
    counted = f"(SELECT line, row_number() OVER () - 1 AS file_row_number FROM {lines})"
    numbered = (
        f"(SELECT file_row_number, record, {parsed} FROM"
        f" (SELECT file_row_number, {good} AS record FROM {counted} WHERE line IS NOT NULL))"
    )
    cells = {name: Cell(_value(f"o.{quoted(name)}", null)) for name in names if name in found}
    return Relation(
        sql,
        cells,
        extra if unknown else "CAST(NULL AS VARCHAR)",
        tuple(shown(name, number) for number, name in enumerate(unknown, start=1)),
        broken="record IS NULL",
        numbered=numbered,
    )


def _parquet(connection: duckdb.DuckDBPyConnection, file: SourceFile, null: str) -> Relation:
    if file.zipped:
        raise file.error("Parquet inside gzip", "unpack it: Parquet is compressed already")
    sql = f"read_parquet({file_literal(file.location)}, binary_as_string=true, file_row_number=true)"
    try:
        described = connection.execute(f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {sql}").fetchall()
    except Exception as error:
        if is_shortage(error):
            raise
        raise file.error(
            f"not a readable Parquet file ({_first_line(error)})", "export or copy it again"
        ) from error
    types = {str(name): str(type_) for name, type_, *_ in described}
    known = {column.name: column for column in file.entity.columns}
    cells = {}
    for name, type_ in types.items():
        if name in known and is_native(known[name], type_):
            cells[name] = Cell(quoted(name), type_)
        elif name in known:
            cells[name] = Cell(_value(Cell(quoted(name), type_).text, null))
    others = {name: _value(_text(name, type_), null) for name, type_ in types.items() if name not in known}
    unknown = _unknown(others, list(types))
    return Relation(sql, cells, _extra(unknown), tuple(unknown))


def _text(name: str, type_: str) -> str:
    """A Parquet column as text; one with columns or lists inside as JSON, whose keys can be told."""
    if type_.startswith(("STRUCT", "MAP")) or type_.endswith("]"):
        return f"CAST(to_json({quoted(name)}) AS VARCHAR)"
    return Cell(quoted(name), type_).text


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
