"""Loading a site: from its files to the raw tables, once, whole and repeatably.

Belongs here: the order of steps. Does not belong here: how each is done (`files`, `staging`, `erasure`, `merging`,
`warehouse`).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ingestion import demo, erasure, merging, privacy, staging, walltime, warehouse
from ingestion.connectors import all_entities
from ingestion.contracts import REFERENCES, Entity
from ingestion.files import FileError, SourceFile
from ingestion.paths import Paths
from ingestion.planning import Plan, make_plan
from ingestion.site import Site
from ingestion.staging import Staged
from ingestion.typing_sql import literal, quoted
from ingestion.warehouse import Write

Progress = Callable[[str], None]


class LoadError(Exception):
    """The site cannot be loaded; nothing was written. `problems` has one text per file or source."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class FileReport:
    """Counts of one file in one load: read = loaded + quarantined + duplicates."""

    source_id: str
    entity: str
    file: str
    read: int
    loaded: int
    quarantined: int
    duplicates: int


@dataclass(frozen=True)
class LoadResult:
    """What a load did.

    `load_no` is None when there was nothing to do. `changed` counts rows written by raw table. `quarantine_rates`
    (0–1) by (source, entity) are over all files as they stand now, also those an earlier load read.
    """

    load_no: int | None
    files: tuple[FileReport, ...] = ()
    changed: Mapping[str, int] = field(default_factory=dict)
    quarantine_rates: Mapping[tuple[str, str], float] = field(default_factory=dict)
    unknown_columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ignored_files: tuple[str, ...] = ()
    recovered: bool = False


def load(site: Site, paths: Paths, *, progress: Progress = lambda message: None) -> LoadResult:
    """Load everything new or changed of a site into `paths.warehouse`.

    Raises `LoadError` with all problems of all files when any file as a whole is unusable; nothing is written then.
    """
    demo.prepare(site, paths, progress)
    recovered = warehouse.recover(paths)
    if recovered:
        progress("finished a load that had been interrupted")
    shutil.rmtree(paths.scratch, ignore_errors=True)
    paths.scratch.mkdir(parents=True)
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
def _scratch(paths: Paths) -> Iterator[object]:
    """A DuckDB in memory, which may spill into the scratch folder, with the warehouse attached for reading."""
    import duckdb

    connection = duckdb.connect()
    try:
        connection.execute(f"SET temp_directory = {literal(str(paths.scratch / 'spill'))}")
        connection.execute(f"SET memory_limit = {literal(os.environ.get('INGESTION_MEMORY', '3GB'))}")
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = false")
        if paths.warehouse.is_file():
            connection.execute(f"ATTACH {literal(str(paths.warehouse))} AS warehouse (READ_ONLY)")
        yield connection
    finally:
        connection.close()


class _Loading:
    """One load: holds what its steps pass on to each other."""

    def __init__(self, site: Site, paths: Paths, connection, key: bytes, progress: Progress) -> None:  # type: ignore[no-untyped-def]
        self.site, self.paths, self.connection, self.progress = site, paths, connection, progress
        self.tables = warehouse.tables(connection, "warehouse") if paths.warehouse.is_file() else set()
        self.ordered = not self.tables
        privacy.register(connection, key)
        self.plan: Plan = make_plan(site, paths, self._ledger(), privacy.key_fingerprint(key), progress)
        self.staged: list[Staged] = []
        self.reports: list[FileReport] = []
        self.changed: dict[str, int] = {}
        self.load_no: int | None = None

    def _ledger(self) -> dict[tuple[str, str, str], dict[str, object]]:
        if warehouse.LEDGER not in self.tables:
            return {}
        names = list(warehouse.LEDGER_COLUMNS)
        rows = self.connection.execute(
            f"SELECT {', '.join(map(quoted, names))} FROM {self._stored(warehouse.LEDGER)}"
        ).fetchall()
        return {(row[0], row[1], row[2]): dict(zip(names, row, strict=True)) for row in rows}

    def _stored(self, table: str) -> str:
        return f"warehouse.{warehouse.SCHEMA}.{quoted(table)}"

    def run(self) -> list[Write]:
        """Read what has to be read and return what has to be written."""
        problems = list(self.plan.problems)
        for number, file in enumerate(self.plan.to_read):
            self.progress(f"reading {file.source_id} {file.file}")
            try:
                self.staged.append(self._stage(number, file))
            except FileError as error:
                problems.append(str(error))
        if problems:
            raise LoadError(problems)
        if not self.plan.changed and {e.table for e in all_entities()} <= self.tables:
            return []
        self.load_no = self._next_load_no()
        deltas = self._deltas()
        self._count(deltas)
        return self._writes(deltas)

    def _stage(self, number: int, file: SourceFile) -> Staged:
        source = self.plan.sources[file.source_id]
        wall = walltime.register(self.connection, source.timezone) if source.timezone else None
        declared = staging.Declared(wall, source.codes, self.plan.connectors[file.source_id].null)
        return staging.stage(self.connection, file, number, declared, self.paths.scratch)

    def _next_load_no(self) -> int:
        if warehouse.REPORT not in self.tables:
            return 1
        highest = [
            self.connection.execute(f"SELECT coalesce(max(load_no), 0) FROM {self._stored(table)}").fetchone()
            for table in sorted(self.tables)
            if table in {warehouse.REPORT, warehouse.LEDGER, *(e.table for e in all_entities())}
        ]
        return 1 + max(int(row[0]) for row in highest)

    def _deltas(self) -> dict[str, tuple[Entity, merging.Delta]]:
        by_entity: dict[str, list[Staged]] = {}
        for staged in self.staged:
            by_entity.setdefault(staged.file.entity.table, []).append(staged)
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE files (_file INTEGER, is_corrected BOOLEAN, is_redeclared BOOLEAN)"
        )
        if self.staged:
            self.connection.executemany(
                "INSERT INTO files VALUES (?, ?, ?)",
                [
                    (number, self.plan.corrected(file), self.plan.redeclared(file))
                    for number, file in enumerate(self.plan.to_read)
                ],
            )
        self._protect(by_entity)
        deltas, problems = {}, []
        for entity in all_entities():
            staged = by_entity.get(entity.table, [])
            stored = self._stored(entity.table) if entity.table in self.tables else None
            try:
                if entity.kind == "reference":
                    touched = self.plan.touched(entity)
                    if not touched:
                        continue
                    delta = merging.replace(
                        self.connection, entity, staged, touched, stored, self.load_no or 0, self.paths.scratch,
                        may_shrink=self.plan.may_shrink,
                    )  # fmt: skip
                else:
                    delta = merging.merge(
                        self.connection, entity, staged, stored, self.load_no or 0, self.paths.scratch
                    )
            except FileError as error:
                problems.append(str(error))
                continue
            deltas[entity.table] = (entity, delta)
        if problems:
            raise LoadError(problems)
        return deltas

    def _protect(self, by_entity: Mapping[str, Sequence[Staged]]) -> None:
        names = ("tickets", "ticket_events", "decisions", "appeals", "appeal_decisions", "quality_reviews")
        incoming = {n: merging.staged_relation(by_entity["canonical__" + n]) for n in names if "canonical__" + n in by_entity}
        stored = {n: self._stored("canonical__" + n) for n in names if "canonical__" + n in self.tables}
        if erasure.PROTECTED_TABLE in self.tables:
            stored[erasure.PROTECTED_TABLE] = self._stored(erasure.PROTECTED_TABLE)
        self.newly_protected = erasure.find(self.connection, incoming, stored, self._references())

    def _references(self) -> list[tuple[str, str, str]]:
        return [
            (source.name, reference, source.refers_to.get(reference, source.name))
            for source in self.site.sources
            for reference in REFERENCES
        ]

    def _count(self, deltas: Mapping[str, tuple[Entity, merging.Delta]]) -> None:
        for number, staged in enumerate(self.staged):
            file = staged.file
            found = deltas.get(file.entity.table)
            loaded = found[1].loaded.get(number, 0) if found else 0
            quarantined = len(staged.bad)
            duplicates = staged.read - loaded - quarantined
            if duplicates < 0:
                raise RuntimeError(f"{file.file}: more rows loaded than read; this is an error of the loader")
            self.reports.append(
                FileReport(file.source_id, file.entity.name, file.file, staged.read, loaded, quarantined, duplicates)
            )
        self.changed = {table: delta.rows for table, (_, delta) in deltas.items() if delta.rows}

    def _writes(self, deltas: Mapping[str, tuple[Entity, merging.Delta]]) -> list[Write]:
        writes = []
        for entity in all_entities():
            _, delta = deltas.get(entity.table, (entity, merging.Delta()))
            path, disposition = delta.path, delta.disposition
            if path is None:
                if entity.table in self.tables:
                    continue
                path, disposition = self.paths.scratch / f"{entity.table}.empty.parquet", "append"
                warehouse.empty_parquet(self.connection, entity.raw_columns, path)
            key = ("source_id", *entity.key)
            writes.append(Write(entity.table, entity.raw_columns, path, delta.rows, disposition, key))
        return writes + self._bookkeeping(deltas)

    def _zone_offsets(self, deltas: Mapping[str, tuple[Entity, merging.Delta]]) -> list[tuple[object, ...]]:
        """UTC offsets of every zone that a schedule names."""
        table = "canonical__schedules"
        places = [self._stored(table)] if table in self.tables else []
        if table in deltas and deltas[table][1].path is not None:
            places.append(f"read_parquet({literal(str(deltas[table][1].path))})")
        zones = {
            zone
            for place in places
            for (zone,) in self.connection.execute(f"SELECT DISTINCT timezone FROM {place}").fetchall()
        }
        return [row for zone in sorted(zones) for row in walltime.offsets(zone)]

    def _bookkeeping(self, deltas: Mapping[str, tuple[Entity, merging.Delta]]) -> list[Write]:
        now = datetime.now(UTC).replace(tzinfo=None)
        no = self.load_no
        report = [
            (no, now, r.source_id, r.entity, r.file, r.read, r.loaded, r.quarantined, r.duplicates)
            for r in self.reports
        ]
        quarantine = [
            (s.file.source_id, s.file.entity.name, s.file.file, b.line, b.column_name, b.reason, b.value, b.record, no)
            for s in self.staged
            for b in s.bad
        ]
        protected = self.connection.execute(
            "SELECT source_id, kind, id, is_hard_delete FROM protected ORDER BY ALL"
        ).fetchall() if self.newly_protected or erasure.PROTECTED_TABLE not in self.tables else None
        ledger = self.plan.ledger({s.file.key: (s.read, len(s.bad)) for s in self.staged}, no or 0)
        kept = [
            (warehouse.REPORT, warehouse.REPORT_COLUMNS, report, "append"),
            (warehouse.QUARANTINE, warehouse.QUARANTINE_COLUMNS, quarantine, "append"),
            (warehouse.LEDGER, warehouse.LEDGER_COLUMNS, ledger, "replace"),
            (warehouse.REFERENCES, warehouse.REFERENCE_COLUMNS, self._references(), "replace"),
            (warehouse.OFFSETS, warehouse.OFFSET_COLUMNS, self._zone_offsets(deltas), "replace"),
            (erasure.PROTECTED_TABLE, erasure.PROTECTED_COLUMNS, protected, "replace"),
        ]
        writes = []
        for table, columns, rows, disposition in kept:
            if rows is None or (disposition == "append" and not rows and table in self.tables):
                continue
            path = self.paths.scratch / f"{table}.parquet"
            warehouse.as_parquet(self.connection, rows, columns, path)
            writes.append(Write(table, columns, path, len(rows), disposition))
        return writes

    def result(self, *, recovered: bool) -> LoadResult:
        """Say what was done."""
        counts = self.plan.counts({s.file.key: (s.read, len(s.bad)) for s in self.staged})
        return LoadResult(
            load_no=self.load_no,
            files=tuple(self.reports),
            changed=self.changed,
            quarantine_rates={key: bad / read if read else 0.0 for key, (read, bad) in counts.items()},
            unknown_columns={f"{s.file.source_id} {s.file.file}": s.unknown for s in self.staged if s.unknown},
            ignored_files=self.plan.ignored,
            recovered=recovered,
        )
