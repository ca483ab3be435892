"""Whether the quotes of a CSV took rows away: an unclosed one makes text of all that follows.

Belongs here: telling a text of several lines from rows that a quote swallowed. Does not belong here: rows
with too few or too many fields (`ingestion.staging`), and counting lines (`ingestion.lines`).

Three checks, of which the later need the earlier:

1. A record that DuckDB could not cut into fields must not hold other rows.
2. Lines read must be lines there: each is the header, blank, or part of a record.
3. A text of several lines must not hold lines that begin as rows of this file do. Two unclosed quotes are one
   closed pair, so only their content tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingestion import lines
from ingestion.contracts import Entity
from ingestion.files import FileError, SourceFile
from ingestion.readers import MAX_LINE, Relation

if TYPE_CHECKING:
    import duckdb

_SHOWN = 9_000  # bytes of a rejected record that DuckDB surely shows: it cuts at 10,000
_TIMES = {
    "ts": r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]+ ?(?:Z|[+-][0-9:]+)?)?",
    "log_ts": r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4} [0-9]{1,2}:[0-9]{2}",
    "log_day": r"[0-9]{1,2}-[A-Za-z]{3}-[0-9]{2}",
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
}


def check_rejected(
    connection: duckdb.DuckDBPyConnection, table: str, file: SourceFile, names: list[str]
) -> int:
    """Return how many line feeds the rejected records of a CSV hold; `names` are its columns, in order.

    Raises `FileError` with the line of the quote if a record is unclosed or may hold other rows.
    """
    rows = connection.execute(
        "SELECT line_byte_position - 1, bool_or(error_type = 'UNQUOTED VALUE'), any_value(csv_line)"
        f" FROM {table} WHERE error_type = 'UNQUOTED VALUE' OR contains(csv_line, chr(10))"
        f" OR strlen(csv_line) > {_SHOWN} GROUP BY line_byte_position ORDER BY line_byte_position"
    ).fetchall()
    feeds = 0
    for at, unquoted, shown in rows:
        record = str(shown).encode()
        if len(record) > _SHOWN:
            record = lines.read_at(file, int(at), MAX_LINE)
        end, quote, field, closed = _record(record)
        if b"\n" not in record[:end] and closed and (b"\n" not in str(shown).encode()):
            continue
        if not closed or unquoted or _holds_rows(record[:end], len(names)):
            raise _swallowed(file, lines.line_at(file, int(at) + max(quote, 0)), _column(file, names, field))
        feeds += record[:end].count(b"\n")
    return feeds


def check_lines(
    connection: duckdb.DuckDBPyConnection,
    file: SourceFile,
    relation: Relation,
    accepted: int,
    rejected: int,
    rejected_feeds: int,
) -> None:
    """Raise `FileError` if lines of a CSV are in no record, or rows stand inside a text of a good record."""
    there = file.lines - relation.header_lines
    # As many lines as records: no text has several. Fewer: its line ends are carriage returns alone.
    if there <= accepted + rejected:
        return
    count = len(relation.names)
    cells = ", ".join(f"coalesce(c{n}, '')" for n in range(count))
    whole = f"concat({cells})"
    found = connection.execute(
        f"SELECT coalesce(sum(length({whole}) - length(replace({whole}, chr(10), ''))), 0)"
        f" FROM {relation.sql} WHERE contains({whole}, chr(10))"
    ).fetchone()
    inside = int(found[0]) if found else 0
    lost = there - accepted - rejected - rejected_feeds - inside
    if lost > 0 and lost > lines.blank_lines(file):
        raise file.error(
            f"{lost} of its lines are in no row", "check its quotes and line ends, and export it again"
        )
    patterns = _patterns(file.entity, relation.names)
    tests = [
        f"WHEN contains(c{n}, chr(10)) AND regexp_matches(c{n}, '{pattern}') THEN {n}"
        for n, pattern in patterns.items()
    ]
    if not inside or not tests:
        return
    first = connection.execute(
        f"SELECT _record, k FROM (SELECT row_number() OVER () AS _record, CASE {' '.join(tests)} END AS k"
        f" FROM {relation.sql}) WHERE k IS NOT NULL ORDER BY _record LIMIT 1"
    ).fetchone()
    if first:
        offsets, begins = lines.record_starts(file)
        number, field = int(first[0]), int(first[1])
        exact = len(begins) == accepted and not rejected
        line = int(begins[number - 1]) if exact else relation.header_lines + number
        if exact:
            record = lines.read_at(file, int(offsets[number - 1]), MAX_LINE)
            line += record[: max(_record(record)[1], 0)].count(b"\n")
        raise _swallowed(file, line, _column(file, relation.names, field), about="" if exact else "about ")


def _swallowed(file: SourceFile, line: int, column: str, about: str = "") -> FileError:
    return file.error(
        f"{about}line {line}{column}: a quote opens there and is not closed, so that the rows after it are"
        " taken for text",
        "close that quote (a quote inside a text is written twice), and load again",
    )


def _column(file: SourceFile, names: list[str], field: int) -> str:
    """Only columns of the contract are named: a file without header has people's data for names."""
    known = field < len(names) and file.entity.has(names[field])
    return f", column {names[field]}" if known else ""


def _record(text: bytes) -> tuple[int, int, int, bool]:
    """Return end of the first record of `text`, place and field number of the quote of the first text that
    has several lines (-1 if none has) and whether all quotes are closed.
    """
    at = field = 0
    while True:
        if text[at : at + 1] == b'"':
            close = _closing(text, at)
            if close < 0:
                return len(text), at, field, False
            if b"\n" in text[at:close]:
                return _end(text, close), at, field, True
            at = close + 1
        comma, feed = text.find(b",", at), text.find(b"\n", at)
        if comma < 0 or 0 <= feed < comma:
            return (feed if feed >= 0 else len(text)), -1, field, True
        at, field = comma + 1, field + 1


def _closing(text: bytes, at: int) -> int:
    """Place of the quote that closes the one at `at`; -1 if none does."""
    at = text.find(b'"', at + 1)
    while at >= 0 and text[at + 1 : at + 2] == b'"':
        at = text.find(b'"', at + 2)
    return at


def _end(text: bytes, at: int) -> int:
    """End of the record that goes on at `at` behind a closed quote."""
    at += 1
    while True:
        feed, quote = text.find(b"\n", at), text.find(b',"', at)
        if quote < 0 or 0 <= feed < quote:
            return feed if feed >= 0 else len(text)
        close = _closing(text, quote + 1)
        if close < 0:
            return len(text)
        at = close + 1


def _holds_rows(record: bytes, columns: int) -> bool:
    """Whether a later line of a rejected record has as many fields as a row."""
    return any(line.count(b",") >= max(columns - 1, 1) for line in record.split(b"\n")[1:])


def _patterns(entity: Entity, names: list[str]) -> dict[int, str]:
    """RE2 pattern, by column's number, of a text in which a line begins as this file's rows begin up to that
    column; rows are known by their required times. Without one before it, the whole row has to be there.
    """
    fields, timed = [], len(names)
    for number, name in enumerate(names):
        column = entity.column(name) if entity.has(name) else None
        if column is not None and column.required and column.type in _TIMES:
            fields.append(f'"?{_TIMES[column.type]}"?')
            timed = min(timed, number)
        elif column is not None and column.required:
            fields.append('"?[^",\\n]+"?')
        else:
            fields.append('(?:"[^"\\n]*"|[^",\\n]*)')
    if timed == len(names):
        return {}
    whole = "\\n" + ",".join(fields) + "\\r?(?:\\n|$)"
    return {
        number: "\\n" + ",".join(fields[:number]) + "," if number > max(timed, 1) else whole
        for number in range(len(names))
    }
