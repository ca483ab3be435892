"""From text to typed values, as SQL expressions made from the contract.

Belongs here: how each contract type is read, and when a value breaks the contract.
Does not belong here: reading files (`ingestion.readers`), what happens to a bad row (`ingestion.staging`).
"""

from __future__ import annotations

import glob
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import available_timezones

from ingestion.contracts import Column
from ingestion.contracts.codes import MARKETS

_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.,][0-9]+)?)?"
_OFFSET = "[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?"
_LOG_TIME = "[0-9]{1,2}/[0-9]{1,2}/[0-9]{4} [0-9]{1,2}:[0-9]{2}"
_LOG_DAY = "[0-9]{1,2}-[A-Za-z]{3}-[0-9]{2}"
_HOUR_MINUTE = "(([0-3]?[0-9]|4[0-7]):[0-5][0-9]|48:00)(:00)?"
_LANGUAGE = "[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*"
# Also 1.0: a column of whole numbers with gaps becomes one of floating-point numbers in many tools.
_BOOLEANS = dict.fromkeys(("true", "1", "t", "yes", "y", "1.0"), True)
_BOOLEANS |= dict.fromkeys(("false", "0", "f", "no", "n", "0.0"), False)
_MANY = 20  # codes from which on a pattern is cheaper than comparing with each of them
_WHOLE_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
# Of files that only this loader reads, and soon: no dictionary of ids, which differ in every row, and no
# filters.
WORKING_PARQUET = (
    "FORMAT parquet, COMPRESSION snappy, PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 5000,"
    " WRITE_BLOOM_FILTER false"
)


@dataclass(frozen=True)
class Cell:
    """Where a column comes from: a SQL expression and its DuckDB type."""

    sql: str
    type: str = "VARCHAR"

    @property
    def text(self) -> str:
        """The value as text, for people."""
        return self.sql if self.type == "VARCHAR" else f"CAST({self.sql} AS VARCHAR)"


@dataclass(frozen=True)
class Reading:
    """How a column is read: its value, when it is bad (null if never), and why."""

    value: str
    bad: str | None
    reason: str


def quoted(name: str) -> str:
    """Return an identifier for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """Return a SQL literal of a text, number, boolean or None."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return repr(value)
    return "'" + str(value).replace("'", "''") + "'"


def file_literal(path: object) -> str:
    """Return a SQL literal of one local file's path.

    DuckDB takes `[1]`, `*` and `?` in a path for a pattern and would read the files that match instead.
    """
    return literal(glob.escape(str(path)))


def reading(
    column: Column, cell: Cell, wall: str | None, declared: Mapping[str, tuple[str, ...]], entity: str
) -> Reading:
    """Return how to read `cell` as `column`.

    `wall` is the SQL function that turns the declared zone's wall time into UTC (None: no zone declared);
    `declared` are the site's own further codes by column or `entity.column`.
    """
    if column.type in ("ts", "log_ts", "log_day") and cell.type.startswith(("TIMESTAMP", "DATE")):
        return _native_instant(cell, wall)
    if column.inside:
        # A cell of another shape gives an empty text, which is no value of any type.
        pattern = literal(f"^(?:{column.inside})$")
        cell = Cell(f"CASE WHEN {cell.text} IS NOT NULL THEN regexp_extract({cell.text}, {pattern}, 1) END")
    text = cell.text
    if column.type == "bool" and cell.type == "BOOLEAN":
        return Reading(cell.sql, None, "")
    if column.type == "int" and cell.type in _WHOLE_NUMBERS:
        return _between(column, f"CAST({cell.sql} AS BIGINT)", "not a whole number")
    if column.type == "ts":
        why = "not a time (ISO 8601)" if wall else "not a time with an offset, and no timezone is declared"
        return Reading(_instant(f"trim({text})", wall), None, why)
    if column.type in ("log_ts", "log_day"):
        if wall is None:
            return Reading(
                "CAST(NULL AS TIMESTAMP)", None, "a time without offset, and no timezone is declared"
            )
        if column.type == "log_ts":
            pattern, format_, why = _LOG_TIME, "%d/%m/%Y %H:%M", "not a time (d/m/yyyy HH:MM)"
        else:
            # A day stands for its last second: nothing that happened on it is later.
            pattern, format_, why = f"{_LOG_DAY} 23:59:59", "%d-%b-%y %H:%M:%S", "not a day (d-Mon-yy)"
            text = f"({text} || ' 23:59:59')"
        inner = f"CASE WHEN regexp_full_match({text}, '{pattern}') THEN"
        inner += f" CAST(try_strptime({text}, '{format_}') AS TIMESTAMP) END"
        return Reading(f"{wall}({inner})", None, why)
    if column.type == "date":
        pattern = f"{_DATE}([T ]00:00(:00([.]0+)?)?)?"
        value = f"CASE WHEN regexp_full_match(trim({text}), '{pattern}') THEN"
        return Reading(
            f"{value} TRY_CAST(left(trim({text}), 10) AS DATE) END", None, "not a date (yyyy-mm-dd)"
        )
    if column.type == "bool":
        words = [f"WHEN {literal(word)} THEN {literal(said)}" for word, said in _BOOLEANS.items()]
        value = f"CASE lower(trim({text})) {' '.join(words)} END"
        return Reading(value, None, "not true, false, 1 or 0")
    if column.type == "int":
        return _within(column, "'[+-]?[0-9]+([.]0*)?'", text, "BIGINT", "not a whole number")
    if column.type == "num":
        pattern = "'[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?'"
        return _within(column, pattern, text, "DOUBLE", "not a finite number")
    if column.type == "time":
        pattern = f"'{_HOUR_MINUTE}'"
        value = f"CASE WHEN regexp_full_match(trim({text}), {pattern}) THEN"
        value += f" regexp_extract(trim({text}), '^[0-9]+:[0-9]+') END"
        return Reading(value, None, "not a time of day (HH:MM, up to 48:00)")
    return _code(column, text, declared, entity)


def is_native(column: Column, type_: str) -> bool:
    """Whether a column of a typed file is taken as it is; any other is read from its text, as in a CSV."""
    if type_.startswith(("TIMESTAMP", "DATE")):
        return True
    return (column.type, type_) == ("bool", "BOOLEAN") or (column.type == "int" and type_ in _WHOLE_NUMBERS)


def _native_instant(cell: Cell, wall: str | None) -> Reading:
    if cell.type == "TIMESTAMP WITH TIME ZONE":
        return Reading(f"make_timestamp(epoch_us({cell.sql}))", None, "not a time")
    if wall is None:
        return Reading("CAST(NULL AS TIMESTAMP)", None, "a time without offset, and no timezone is declared")
    local = f"CAST({cell.sql} AS TIMESTAMP)"
    # Typed files may hold infinite times, which are no instants; with a zone, `epoch_us` has none for them.
    return Reading(f"{wall}(CASE WHEN isfinite({local}) THEN {local} END)", None, "not a time")


def _instant(text: str, wall: str | None) -> str:
    zulu = f"regexp_full_match({text}, '{_DATE}[T ]{_CLOCK} ?Z')"
    offset = f"regexp_full_match({text}, '{_DATE}[T ]{_CLOCK} ?{_OFFSET}')"
    naive = f"regexp_full_match({text}, '{_DATE}([T ]{_CLOCK})?')"
    part = f"regexp_extract({text}, '([+-])([0-9]{{2}}):?([0-9]{{2}})?$', %d)"
    seconds = (
        f"(CAST({part % 2} AS BIGINT) * 3600 + CAST(coalesce(nullif({part % 3}, ''), '0') AS BIGINT) * 60)"
    )
    signed = f"CASE WHEN {part % 1} = '-' THEN -{seconds} ELSE {seconds} END"

    def cast(value: str) -> str:
        return f"TRY_CAST(replace({value}, ',', '.') AS TIMESTAMP)"

    local = cast("regexp_replace(" + text + ", ' ?[+-][0-9]{2}:?([0-9]{2})?$', '')")
    sql = f"CASE WHEN {zulu} THEN {cast(f'rtrim(left({text}, length({text}) - 1))')}"
    sql += f" WHEN {offset} THEN {local} - to_seconds({signed})"
    if wall is not None:
        sql += f" WHEN {naive} THEN {wall}({cast(text)})"
    return sql + " END"


def _within(column: Column, pattern: str, text: str, type_: str, reason: str) -> Reading:
    cast = f"TRY_CAST(trim({text}) AS {type_})"
    if type_ == "BIGINT":
        cast = f"TRY_CAST(split_part(trim({text}), '.', 1) AS BIGINT)"
    else:
        cast = f"(CASE WHEN isfinite({cast}) THEN {cast} END)"
    return _between(column, f"CASE WHEN regexp_full_match(trim({text}), {pattern}) THEN {cast} END", reason)


def _between(column: Column, value: str, reason: str) -> Reading:
    if column.at_least is not None or column.at_most is not None:
        low, high = literal(column.at_least), literal(column.at_most)
        value = f"CASE WHEN ({value}) BETWEEN {low} AND {high} THEN {value} END"
        reason += f" from {column.at_least} to {column.at_most}"
    return Reading(value, None, reason)


def _code(column: Column, text: str, declared: Mapping[str, tuple[str, ...]], entity: str) -> Reading:
    further = (*declared.get(column.name, ()), *declared.get(f"{entity}.{column.name}", ()))
    allowed = _allowed(column)
    if allowed is not None:
        codes = sorted({*allowed, *further})
        shown = ", ".join(allowed) if len(allowed) < _MANY else "see the source contract"
        return Reading(text, _none_of(text, codes), f"unknown value; known: {shown}")
    if column.type == "language":
        others = ", ".join(literal(code) for code in ("", *further))
        bad = f"NOT regexp_full_match({text}, '{_LANGUAGE}') AND {text} NOT IN ({others})"
        return Reading(text, bad, "not a language tag (BCP 47)")
    return Reading(text, None, "")


def _none_of(text: str, codes: Sequence[str]) -> str:
    if len(codes) < _MANY:
        return f"{text} NOT IN ({', '.join(map(literal, codes))})"
    # Also a column of few distinct values is matched by its dictionary, not row by row.
    return f"NOT regexp_full_match({text}, {literal('|'.join(map(re.escape, codes)))})"


def _allowed(column: Column) -> tuple[str, ...] | None:
    if column.type == "market":
        return MARKETS
    if column.type == "zone":
        return tuple(sorted(available_timezones()))
    return column.codes
