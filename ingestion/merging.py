"""What a load changes: the rows to write, given what was read and what raw holds.

Belongs here: which version of a row counts, duplicates, replaced reference tables, counts per file.
Does not belong here: reading files (`ingestion.staging`) and writing the warehouse (`ingestion.warehouse`).

The later version of a key counts (A43). Equal versions should be equal rows; where they are not, the row of
a corrected file counts against what raw holds, else the one with the greater hash, so that order makes no
difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ingestion import erasure
from ingestion.contracts import Entity
from ingestion.files import FileError
from ingestion.staging import Staged
from ingestion.typing_sql import WORKING_PARQUET, file_literal, literal, quoted

if TYPE_CHECKING:
    import duckdb

_SHRINK_FLOOR = 5  # rows under which a reference table may shrink as it likes
_SHRINK_RATE = 0.8


@dataclass
class Delta:
    """Rows to write to a raw table: a Parquet file, how many, and how; `loaded` counts new keys by file
    number; `left` are tickets, as (source, ticket id), an event of which belongs to another ticket now.
    """

    path: Path | None = None
    rows: int = 0
    disposition: str = "append"
    loaded: dict[int, int] = field(default_factory=dict)
    left: list[tuple[str, str]] = field(default_factory=list)


def staged_relation(staged: Sequence[Staged]) -> str:
    """Return all staged rows of one entity as a relation, bad ones too."""
    return f"read_parquet([{', '.join(file_literal(s.path) for s in staged)}])"


def _hashes(entity: Entity) -> str:
    every = [quoted(column.name) for column in entity.columns] + (["extra"] if entity.with_extra else [])
    stable = [quoted(c.name) for c in entity.columns if not erasure.erasable(c)]
    version = quoted(entity.version) if entity.version else "NULL::TIMESTAMP"
    return f"hash({', '.join(every)}) AS _h, hash({', '.join(stable)}) AS _t, {version} AS _v"


def _count(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    found = connection.execute(sql).fetchone()
    return int(found[0]) if found else 0


def merge(
    connection: duckdb.DuckDBPyConnection,
    entity: Entity,
    staged: Sequence[Staged],
    stored: str | None,
    load_no: int,
    folder: Path,
) -> Delta:
    """Return what a snapshot or event entity's raw table needs.

    `stored` is the raw table as SQL, None when it does not exist. The temporary table `files` says of each
    file number whether it is a corrected file and whether its declaration changed; `protected_for` and
    `protected_new_for` whose text is erased.
    """
    columns = ", ".join(quoted(name) for name in entity.raw_columns if name != "load_no")
    keys = ["source_id", *(quoted(name) for name in entity.key)]
    key_list = ", ".join(keys)
    same = " AND ".join(f"b.{key} = e.{key}" for key in keys)
    parts, new, rows, decided = [], {}, 0, False
    left: list[tuple[str, str]] = []
    if staged:
        batch = _one_version(connection, entity, columns, staged_relation(staged), keys)
        decided = stored is not None and _meets(connection, batch.sql, stored, key_list, same)
        if stored is None or not decided:
            parts.append(f"SELECT * FROM {batch.sql}")
            new = batch.rows
            rows = sum(new.values())
        else:
            _decide(connection, entity, batch.sql, stored, key_list, same)
            parts.append(f"SELECT b.* FROM {batch.sql} b JOIN decided e ON {same}")
            counting = "SELECT _file, count(*) FILTER (_new), count(*) FROM decided GROUP BY _file"
            for file, added, changed in connection.execute(counting).fetchall():
                new[int(file)] = int(added)
                rows += int(changed)
            if entity.kind == "event" and "ticket_id" in entity.raw_columns:
                left = _left(connection, batch.sql, stored, key_list, same)
    if stored is not None and erasure.find_stored(connection, entity, stored):
        place = f"FROM {stored} s WHERE s.rowid IN (FROM about_protected)"
        old = f"(SELECT s.rowid AS _row, {_hashes(entity)} {place})"
        again = f"(SELECT {columns}, s.rowid AS _row {place})"
        again = erasure.erased(entity, again, "protected_new_for", only=True)
        untouched = f" AND NOT EXISTS (SELECT 1 FROM decided e WHERE {same})" if decided else ""
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE erased_again AS SELECT b.* EXCLUDE (_h, _t, _v, _row) FROM"
            f" (SELECT *, {_hashes(entity)} FROM {again}) b JOIN {old} o ON o._row = b._row"
            f" WHERE o._h <> b._h{untouched}"
        )
        rows += _count(connection, "SELECT count(*) FROM erased_again")
        parts.append("SELECT * FROM erased_again")
    if not rows:
        return Delta(loaded=new)
    path = folder / f"{entity.table}.delta.parquet"
    # In the table's own order of columns: dlt writes a file whose columns it has to rearrange once more.
    in_order = ", ".join(
        f"CAST({load_no} AS BIGINT) AS load_no" if name == "load_no" else quoted(name)
        for name in entity.raw_columns
    )
    connection.execute(
        f"COPY (SELECT {in_order} FROM ({' UNION ALL BY NAME '.join(parts)}))"
        f" TO {literal(str(path))} ({WORKING_PARQUET})"
    )
    return Delta(path, rows, "append" if rows == sum(new.values()) else "merge", new, left)


@dataclass(frozen=True)
class _Batch:
    """What was read, erased and with one row per key, as SQL; and its rows by file number."""

    sql: str
    rows: dict[int, int]


def _one_version(
    connection: duckdb.DuckDBPyConnection, entity: Entity, columns: str, staged: str, keys: Sequence[str]
) -> _Batch:
    """Return the batch with one row per key.

    Keys that stand more than once are found by their hash, which costs a fraction of the memory of the keys
    themselves; two keys with one hash are then told apart by the keys.
    """
    key_hash = f"hash({', '.join(keys)})"
    valid = f"(SELECT {columns}, _file FROM {staged} WHERE NOT _bad)"
    if _count(connection, "SELECT count(*) FROM protected_for"):
        valid = erasure.erased(entity, valid)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT {key_hash} AS k FROM {staged} WHERE NOT _bad"
        " GROUP BY k HAVING count(*) > 1"
    )
    counted = connection.execute(
        f"SELECT _file, count(*) FILTER ({key_hash} NOT IN (FROM repeated)) FROM {staged} WHERE NOT _bad"
        f" GROUP BY _file"
    ).fetchall()
    rows = {int(file): int(count) for file, count in counted}
    if not _count(connection, "SELECT count(*) FROM repeated"):
        return _Batch(valid, rows)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE winners AS SELECT * EXCLUDE (_h, _t, _v, _rank) FROM (SELECT *,"
        " row_number()"
        f" OVER (PARTITION BY {', '.join(keys)} ORDER BY _v DESC NULLS LAST, _t DESC, _h DESC, _file) AS"
        f" _rank FROM"
        f" (SELECT *, {_hashes(entity)} FROM {valid} WHERE {key_hash} IN (FROM repeated))) WHERE _rank = 1"
    )
    for file, count in connection.execute("SELECT _file, count(*) FROM winners GROUP BY _file").fetchall():
        rows[int(file)] = rows.get(int(file), 0) + int(count)
    sql = f"(SELECT * FROM {valid} WHERE {key_hash} NOT IN (FROM repeated) UNION ALL BY NAME FROM winners)"
    return _Batch(sql, rows)


def _meets(connection: duckdb.DuckDBPyConnection, batch: str, stored: str, key_list: str, same: str) -> bool:
    """Fill `met` with the places of stored rows whose key is in the batch; return whether there are any.

    Found by keys alone: of what is stored, nothing else is read for rows that the batch does not meet.
    """
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE met AS SELECT e.r FROM (SELECT {key_list} FROM {batch}) b"
        f" JOIN (SELECT {key_list}, rowid AS r FROM {stored}) e ON {same}"
    )
    return bool(_count(connection, "SELECT count(*) FROM met"))


def _decide(
    connection: duckdb.DuckDBPyConnection, entity: Entity, batch: str, stored: str, key_list: str, same: str
) -> None:
    """Fill `decided`: keys of the batch that are new, or count against the stored row and differ from it."""
    keys = ", ".join(f"b.{key}" for key in key_list.split(", "))
    met = f"(SELECT * FROM {stored} s WHERE s.rowid IN (FROM met))"
    newer = "e._v < b._v OR (e._v IS NULL AND b._v IS NOT NULL)"
    tie = "e._v IS NOT DISTINCT FROM b._v AND (f.is_corrected OR (b._t, b._h) > (e._t, e._h))"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE decided AS SELECT {keys}, b._file, e._h IS NULL AS _new"
        f" FROM (SELECT {key_list}, _file, {_hashes(entity)} FROM {batch}) b JOIN files f ON f._file ="
        f" b._file"
        f" LEFT JOIN (SELECT {key_list}, {_hashes(entity)} FROM {met}) e ON {same}"
        f" WHERE e._h IS NULL OR (e._h <> b._h AND (f.is_redeclared OR {newer} OR ({tie})))"
    )


def _left(
    connection: duckdb.DuckDBPyConnection, batch: str, stored: str, key_list: str, same: str
) -> list[tuple[str, str]]:
    """Return the tickets that lose an event: its later version names another ticket."""
    key = same.replace("b.", "d.")
    rows = connection.execute(
        f"SELECT DISTINCT e.source_id, e.ticket_id FROM decided d"
        f" JOIN (SELECT {key_list}, ticket_id FROM {stored} s WHERE s.rowid IN (FROM met)) e ON {key}"
        f" JOIN (SELECT {key_list}, ticket_id FROM {batch}) b ON {same}"
        f" WHERE NOT d._new AND e.ticket_id IS DISTINCT FROM b.ticket_id ORDER BY ALL"
    ).fetchall()
    return [(str(source), str(ticket)) for source, ticket in rows]


def replace(
    connection: duckdb.DuckDBPyConnection,
    entity: Entity,
    staged: Sequence[Staged],
    touched: Sequence[str],
    stored: str | None,
    load_no: int,
    folder: Path,
    *,
    may_shrink: bool,
) -> Delta:
    """Return the whole new raw table of a reference entity; `touched` are the sources that are replaced.

    Rows that stay keep their `load_no`. Raises `FileError` when a source's table shrinks below 80 % (and
    had at least 5 rows) and that was not allowed.
    """
    values = [quoted(name) for name in entity.raw_columns if name != "load_no"]
    value_list = ", ".join(values)
    same = " AND ".join(f"n.{name} IS NOT DISTINCT FROM o.{name}" for name in values)
    if staged:
        valid = f"{staged_relation(staged)} WHERE NOT _bad"
        rows = f"(SELECT {value_list}, min(_file) AS _file FROM {valid} GROUP BY ALL)"
    else:
        nothing = ", ".join(
            f"CAST(NULL AS {t}) AS {quoted(n)}" for n, t in entity.raw_columns.items() if n != "load_no"
        )
        rows = f"(SELECT {nothing}, 0 AS _file LIMIT 0)"
    old = f"(SELECT * FROM {stored})" if stored else None
    if old is None:
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE replaced AS SELECT {value_list}, {load_no}::BIGINT AS load_no,"
            f" _file, TRUE AS _new"
            f" FROM {rows}"
        )
    else:
        sources = ", ".join(literal(source) for source in touched)
        _refuse_shrinking(connection, entity, rows, old, touched, staged, may_shrink=may_shrink)
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE replaced AS"
            f" SELECT {', '.join('n.' + v for v in values)}, coalesce(o.load_no, {load_no})::BIGINT AS"
            f" load_no, n._file,"
            f" o.load_no IS NULL AS _new FROM {rows} n LEFT JOIN {old} o ON hash({_prefixed('n', values)}) ="
            f" hash({_prefixed('o', values)}) AND {same}"
            f" UNION ALL BY NAME SELECT *, -1 AS _file, FALSE AS _new FROM {old} WHERE source_id NOT IN"
            f" ({sources})"
        )
        before = _count(connection, f"SELECT count(*) FROM {old}")
        after = _count(connection, "SELECT count(*) FROM replaced")
        if before == after and not _count(connection, "SELECT count(*) FROM replaced WHERE _new"):
            return Delta()
    path = folder / f"{entity.table}.delta.parquet"
    # In the table's own order of columns: a file without rows that dlt has to rearrange is lost on the way,
    # and a table that was to be emptied keeps its rows.
    in_order = ", ".join(map(quoted, entity.raw_columns))
    connection.execute(f"COPY (SELECT {in_order} FROM replaced) TO {literal(str(path))} (FORMAT parquet)")
    counted = connection.execute("SELECT _file, count(*) FROM replaced WHERE _new GROUP BY _file").fetchall()
    total = _count(connection, "SELECT count(*) FROM replaced")
    return Delta(path, total, "replace", {int(file): int(count) for file, count in counted})


def _refused(staged: Sequence[Staged], source: str) -> str:
    """Say which rows were bad: they are what is missing, and nothing is written that would show them."""
    bad = [(s.file.file, row) for s in staged if s.file.source_id == source for row in s.bad]
    if not bad:
        return ""
    file, first = bad[0]
    said = "row was" if len(bad) == 1 else "rows were"
    return f" {len(bad)} {said} refused, first: {file}, line {first.line}, {first.reason};"


def _prefixed(alias: str, values: Sequence[str]) -> str:
    return ", ".join(f"{alias}.{value}" for value in values)


def _refuse_shrinking(
    connection: duckdb.DuckDBPyConnection,
    entity: Entity,
    rows: str,
    old: str,
    touched: Sequence[str],
    staged: Sequence[Staged],
    *,
    may_shrink: bool,
) -> None:
    if may_shrink:
        return
    counted = connection.execute(
        f"SELECT o.source_id, o.n, coalesce(n.n, 0) FROM (SELECT source_id, count(*) AS n FROM {old}"
        f" GROUP BY ALL) o"
        f" LEFT JOIN (SELECT source_id, count(*) AS n FROM {rows} GROUP BY ALL) n USING (source_id) ORDER"
        f" BY ALL"
    ).fetchall()
    problems = [
        f"source {source}: {entity.name} shrank from {before} to {after} rows, below {_SHRINK_RATE:.0%};"
        f"{_refused(staged, source)} deliver the whole table, or allow it with `allow_shrink: true` in"
        " site.yml or ALLOW_SHRINK=1"
        for source, before, after in counted
        if source in touched and before >= _SHRINK_FLOOR and after < _SHRINK_RATE * before
    ]
    if problems:
        raise FileError("\n".join(problems))
