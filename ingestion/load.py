"""Loading a site: from its files to the raw tables, whole and repeatably.

Belongs here: the order of steps. Does not belong here: how each is done (`planning`, `staging`, `erasure`,
`merging`, `warehouse`).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ingestion import (
    bookkeeping,
    demo,
    erasure,
    memory,
    merging,
    privacy,
    shortage,
    staging,
    walltime,
    warehouse,
)
from ingestion.connectors import all_entities
from ingestion.contracts import REFERENCES, Entity
from ingestion.files import FileError, SourceFile
from ingestion.merging import Delta
from ingestion.paths import Paths
from ingestion.planning import Plan, make_plan
from ingestion.results import FileReport, LoadError, LoadResult
from ingestion.site import Site
from ingestion.staging import Staged
from ingestion.typing_sql import file_literal, literal, quoted
from ingestion.warehouse import Write

if TYPE_CHECKING:
    import duckdb

__all__ = ["FileReport", "LoadError", "LoadResult", "load"]

Progress = Callable[[str], None]

# Entities whose rows decide whose text is kept.
_DECIDING = ("tickets", "ticket_events", "decisions", "appeals", "appeal_decisions", "quality_reviews")
_SCHEDULES = "canonical__schedules"


def load(site: Site, paths: Paths, *, progress: Progress = lambda message: None) -> LoadResult:
    """Load everything new or changed of a site into `paths.warehouse`.

    Raises `LoadError` with all problems of all files when any file as a whole is unusable; nothing is written
    then. Also when memory or disk runs out; if that was while writing, the next load finishes this one.
    `INGESTION_MEMORY` in the environment (such as `6GB`) says how much memory reading may take.
    """
    with shortage.told(paths):
        return _load(site, paths, progress)


def _load(site: Site, paths: Paths, progress: Progress) -> LoadResult:
    demo.prepare(site, paths, progress)
    recovered = warehouse.recover(paths)
    if recovered:
        progress("finished a load that had been interrupted")
    shutil.rmtree(paths.scratch, ignore_errors=True)
    try:
        paths.scratch.mkdir(parents=True)
    except OSError as error:
        message = f"DATA_DIR {paths.data_dir} cannot be written to ({error}); choose another folder"
        raise LoadError([message]) from error
    try:
        key = privacy.pseudonym_key(paths)
        with _scratch(paths) as connection:
            loading = _Loading(site, paths, connection, key, progress)
            writes = loading.run()
        if writes:
            progress(f"writing {sum(w.rows for w in writes):,} rows to the warehouse")
            warehouse.write(paths, writes)
            warehouse.make_views(paths, all_entities())
        return loading.result(recovered=recovered)
    finally:
        shutil.rmtree(paths.scratch, ignore_errors=True)


@contextmanager
def _scratch(paths: Paths) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB in memory that may spill into the scratch folder, with the warehouse attached for reading."""
    import duckdb

    connection = duckdb.connect()
    try:
        connection.execute(f"SET temp_directory = {literal(str(paths.scratch / 'spill'))}")
        connection.execute(f"SET memory_limit = {literal(memory.reading_limit())}")
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = false")
        if paths.warehouse.is_file():
            try:
                connection.execute(f"ATTACH {literal(str(paths.warehouse))} AS warehouse (READ_ONLY)")
            except duckdb.IOException as error:
                message = f"{paths.warehouse} cannot be opened; is another run using it? ({error})"
                raise LoadError([message]) from error
        yield connection
    finally:
        connection.close()


def _stored(table: str) -> str:
    return f"warehouse.{warehouse.SCHEMA}.{quoted(table)}"


class _Loading:
    """One load: holds what its steps pass on to each other."""

    def __init__(
        self,
        site: Site,
        paths: Paths,
        connection: duckdb.DuckDBPyConnection,
        key: bytes,
        progress: Progress,
    ) -> None:
        self.site, self.paths, self.connection, self.progress = site, paths, connection, progress
        self.tables = warehouse.tables(connection, "warehouse") if paths.warehouse.is_file() else set()
        privacy.register(connection, key)
        self.key = privacy.key_fingerprint(key)
        self.plan: Plan = make_plan(site, paths, self._ledger(), self.key, progress)
        self.staged: list[Staged] = []
        self.reports: list[FileReport] = []
        self.changed: dict[str, int] = {}
        self.load_no: int | None = None
        self.newly_protected = 0

    def _ledger(self) -> dict[tuple[str, str, str], dict[str, Any]]:
        if warehouse.LEDGER not in self.tables:
            return {}
        names = list(warehouse.LEDGER_COLUMNS)
        rows = self.connection.execute(
            f"SELECT {', '.join(map(quoted, names))} FROM {_stored(warehouse.LEDGER)}"
        ).fetchall()
        return {(row[0], row[1], row[2]): dict(zip(names, row, strict=True)) for row in rows}

    def run(self) -> list[Write]:
        """Read what has to be read and return what has to be written; nothing when nothing changed."""
        self._check_key()
        problems = list(self.plan.problems)
        for number, file in enumerate(self.plan.to_read):
            self.progress(f"reading {file.source_id} {file.file}")
            try:
                self.staged.append(self._stage(number, file))
            except FileError as error:
                problems.append(str(error))
        if problems:
            raise LoadError(problems)
        if not self.plan.changed and not self._new_references() and self._complete():
            return []
        self.load_no = self._next_load_no()
        deltas = self._deltas()
        for number, staged in enumerate(self.staged):
            delta = deltas.get(staged.file.entity.table, Delta())
            counts = (staged.read, delta.loaded.get(number, 0), len(staged.bad))
            self.reports.append(FileReport(*staged.file.key, *counts))
        self.changed = {table: delta.rows for table, delta in deltas.items() if delta.path}
        return self._entity_writes(deltas) + self._bookkeeping(deltas)

    def _check_key(self) -> None:
        """Another pseudonym key needs all files again: of rows that stayed, nothing would fit together."""
        if warehouse.KEYS not in self.tables:
            return
        known = self.connection.execute(f"SELECT fingerprint FROM {_stored(warehouse.KEYS)}").fetchone()
        if known is None or known[0] == self.key:
            return
        loaded = self.connection.execute(
            f"SELECT DISTINCT source_id, entity, file FROM {_stored(warehouse.REPORT)} WHERE loaded > 0"
        ).fetchall()
        creators = {entity.name for entity in all_entities() if entity.kind != "reference"}
        gone = sorted(file for file in set(loaded) - self.plan.present if file[1] in creators)
        if gone:
            raise privacy.other_key(self.paths, [f"{source} {file}" for source, _, file in gone])
        self.progress("another pseudonym key than before: every file is read again, every creator renamed")

    def _complete(self) -> bool:
        """Whether the warehouse has everything that a load leaves behind."""
        entities = all_entities()
        small = {warehouse.OFFSETS, warehouse.LEFT, warehouse.KEYS}
        if not {*small, *(entity.table for entity in entities)} <= self.tables:
            return False
        return warehouse.has_views(self.connection, "warehouse", entities)

    def _stage(self, number: int, file: SourceFile) -> Staged:
        source = self.plan.sources[file.source_id]
        wall = walltime.register(self.connection, source.timezone) if source.timezone else None
        null = self.plan.connectors[file.source_id].null
        declared = staging.Declared(wall, source.codes, null, source.values, source.staff_roles)
        return staging.stage(self.connection, file, number, declared, self.paths.scratch)

    def _next_load_no(self) -> int:
        highest = 0
        for table in self.tables & {warehouse.REPORT, warehouse.LEDGER, *(e.table for e in all_entities())}:
            found = self.connection.execute(f"SELECT max(load_no) FROM {_stored(table)}").fetchone()
            highest = max(highest, found[0] or 0 if found else 0)
        return highest + 1

    def _references(self) -> list[tuple[str, str, str]]:
        return [
            (source.name, reference, source.refers_to.get(reference, source.name))
            for source in self.site.sources
            for reference in REFERENCES
        ]

    def _new_references(self) -> bool:
        if warehouse.REFERENCES not in self.tables:
            return True
        known = self.connection.execute(
            f"SELECT source_id, reference, refers_to_source_id FROM {_stored(warehouse.REFERENCES)}"
        ).fetchall()
        return set(known) != set(self._references())

    def _deltas(self) -> dict[str, Delta]:
        by_table: dict[str, list[Staged]] = {}
        for staged in self.staged:
            by_table.setdefault(staged.file.entity.table, []).append(staged)
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE files (_file INTEGER, is_corrected BOOLEAN, is_redeclared BOOLEAN)"
        )
        for number, file in enumerate(self.plan.to_read):
            said = [number, self.plan.corrected(file), self.plan.redeclared(file)]
            self.connection.execute("INSERT INTO files VALUES (?, ?, ?)", said)
        self._protect(by_table)
        deltas, problems = {}, []
        for entity in all_entities():
            try:
                deltas[entity.table] = self._delta(entity, by_table.get(entity.table, []))
            except FileError as error:
                problems.append(str(error))
        if problems:
            raise LoadError(problems)
        return deltas

    def _delta(self, entity: Entity, staged: Sequence[Staged]) -> Delta:
        stored = self._stored_rows(entity) if entity.table in self.tables else None
        number, folder = self.load_no or 0, self.paths.scratch
        if staged:
            self.progress(f"comparing {entity.name}")
        if entity.kind != "reference":
            return merging.merge(self.connection, entity, staged, stored, number, folder)
        touched = self.plan.touched(entity)
        if not touched:
            return Delta()
        shrink = self.plan.may_shrink
        return merging.replace(
            self.connection, entity, staged, touched, stored, number, folder, may_shrink=shrink
        )

    def _stored_rows(self, entity: Entity) -> str:
        """The raw table with the columns of today's contract: one it did not have yet is null.

        Rows keep their `rowid`, by which merging names them.
        """
        found = self.connection.execute(f"DESCRIBE {_stored(entity.table)}").fetchall()
        there = {str(name) for name, *_ in found}
        missing = [
            f"CAST(NULL AS {kind}) AS {quoted(name)}"
            for name, kind in entity.raw_columns.items()
            if name not in there
        ]
        table = _stored(entity.table)
        return f"(SELECT *, {', '.join(missing)}, rowid FROM {table})" if missing else table

    def _protect(self, by_table: Mapping[str, Sequence[Staged]]) -> None:
        incoming, stored = {}, {}
        for entity in all_entities():
            if entity.connector != "canonical" or entity.name not in _DECIDING:
                continue
            if entity.table in by_table:
                incoming[entity.name] = merging.staged_relation(by_table[entity.table])
            if entity.table in self.tables:
                stored[entity.name] = _stored(entity.table)
        if erasure.PROTECTED_TABLE in self.tables:
            stored[erasure.PROTECTED_TABLE] = _stored(erasure.PROTECTED_TABLE)
        self.newly_protected = erasure.find(self.connection, incoming, stored, self._references())

    def _entity_writes(self, deltas: Mapping[str, Delta]) -> list[Write]:
        writes = []
        for entity in all_entities():
            delta = deltas[entity.table]
            path, disposition = delta.path, delta.disposition
            if path is None:
                if entity.table in self.tables:
                    continue
                # Every raw table is there from the first load on, with rows or without.
                path, disposition = self.paths.scratch / f"{entity.table}.empty.parquet", "append"
                warehouse.empty_parquet(self.connection, entity.raw_columns, path)
            key = ("source_id", *entity.key)
            writes.append(Write(entity.table, entity.raw_columns, path, delta.rows, disposition, key))
        return writes

    def _bookkeeping(self, deltas: Mapping[str, Delta]) -> list[Write]:
        number = self.load_no or 0
        small = [
            bookkeeping.report(self.reports, number),
            bookkeeping.quarantine(self.staged, number),
            bookkeeping.left_tickets([t for delta in deltas.values() for t in delta.left], number),
            bookkeeping.Small(
                warehouse.LEDGER,
                warehouse.LEDGER_COLUMNS,
                self.plan.ledger(self._counts(), number),
                "replace",
            ),
            bookkeeping.Small(
                warehouse.REFERENCES, warehouse.REFERENCE_COLUMNS, self._references(), "replace"
            ),
            bookkeeping.Small(warehouse.KEYS, warehouse.KEY_COLUMNS, [(self.key, number)], "replace"),
        ]
        if self.newly_protected or erasure.PROTECTED_TABLE not in self.tables:
            protected = self.connection.execute("FROM protected ORDER BY ALL").fetchall()
            small.append(
                bookkeeping.Small(erasure.PROTECTED_TABLE, erasure.PROTECTED_COLUMNS, protected, "replace")
            )
        schedules = [_stored(_SCHEDULES)] if _SCHEDULES in self.tables else []
        if deltas[_SCHEDULES].path is not None:
            schedules.append(f"read_parquet({file_literal(deltas[_SCHEDULES].path)})")
        known = _stored(warehouse.OFFSETS) if warehouse.OFFSETS in self.tables else None
        small += bookkeeping.zone_offsets(self.connection, self.site.timezone, schedules, known)
        return bookkeeping.writes(self.connection, small, self.tables, self.paths.scratch)

    def _counts(self) -> dict[tuple[str, str, str], tuple[int, int]]:
        return {staged.file.key: (staged.read, len(staged.bad)) for staged in self.staged}

    def result(self, *, recovered: bool) -> LoadResult:
        """Say what was done."""
        rates = {
            key: bad / read if read else 0.0 for key, (read, bad) in self.plan.counts(self._counts()).items()
        }
        unknown = {f"{s.file.source_id} {s.file.file}": s.unknown for s in self.staged if s.unknown}
        return LoadResult(
            load_no=self.load_no,
            files=tuple(self.reports),
            changed=self.changed,
            quarantine_rates=rates,
            unknown_columns=unknown,
            ignored_files=self.plan.ignored,
            recovered=recovered,
        )
