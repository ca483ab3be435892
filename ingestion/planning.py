"""Which files a load has to read, by comparing what is there with the ledger of what was read.

Belongs here: fingerprints of files and declarations. Does not belong here: reading a file's rows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ingestion.connectors import CONNECTORS, Connector
from ingestion.contracts import CONTRACT_VERSION, REFERENCES, Entity
from ingestion.files import FileError, Listing, SourceFile, fetch, list_source, verify
from ingestion.paths import Paths
from ingestion.site import Site, Source

Key = tuple[str, str, str]
LedgerRow = Mapping[str, Any]


@dataclass
class Plan:
    """What to read, and what the ledger says of everything else.

    `to_read` are local and verified; `removed` are the (source, entity) pairs that lost a file.
    """

    sources: dict[str, Source]
    connectors: dict[str, Connector]
    declarations: dict[str, str]
    known: Mapping[Key, LedgerRow]
    may_shrink: bool
    to_read: list[SourceFile] = field(default_factory=list)
    unchanged: dict[Key, LedgerRow] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    ignored: tuple[str, ...] = ()
    removed: set[tuple[str, str]] = field(default_factory=set)
    restamped: bool = False

    @property
    def changed(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.to_read or self.removed or self.restamped)

    @property
    def present(self) -> set[Key]:
        """The files that are there, read or not."""
        return {*self.unchanged, *(file.key for file in self.to_read)}

    def corrected(self, file: SourceFile) -> bool:
        """Whether an earlier load read a file of that name with other content."""
        return file.key in self.known

    def redeclared(self, file: SourceFile) -> bool:
        """Whether an earlier load read it under another declaration (zone, codes, key, contract version)."""
        known = self.known.get(file.key)
        return known is not None and known["declaration"] != self.declarations[file.source_id]

    def touched(self, entity: Entity) -> list[str]:
        """Sources whose table of a reference entity has to be replaced."""
        read = {file.source_id for file in self.to_read if file.entity.table == entity.table}
        return sorted(read | {source for source, name in self.removed if name == entity.name})

    def ledger(self, counts: Mapping[Key, tuple[int, int]], load_no: int) -> list[tuple[Any, ...]]:
        """Return the ledger's rows after the load: present files only; `counts` are (read, quarantined)."""
        rows = [tuple(row.values()) for row in self.unchanged.values()]
        for file in self.to_read:
            read, bad = counts[file.key]
            known = (file.size, file.modified, file.content_hash, self.declarations[file.source_id])
            rows.append((*file.key, *known, read, bad, load_no))
        return sorted(rows)

    def counts(self, read_now: Mapping[Key, tuple[int, int]]) -> dict[tuple[str, str], tuple[int, int]]:
        """Return (read, quarantined) by (source, entity) over all present files."""
        total: dict[tuple[str, str], tuple[int, int]] = {}
        kept = {key: (row["read"], row["quarantined"]) for key, row in self.unchanged.items()}
        for (source, entity, _), (read, bad) in {**kept, **read_now}.items():
            before = total.get((source, entity), (0, 0))
            total[source, entity] = (before[0] + read, before[1] + bad)
        return total


def make_plan(
    site: Site, paths: Paths, known: Mapping[Key, LedgerRow], key: str, progress: Callable[[str], None]
) -> Plan:
    """List all files of a site and decide which to read; problems of files are collected, not raised."""
    plan = Plan(
        sources={source.name: source for source in site.sources},
        connectors={},
        declarations={},
        known=known,
        may_shrink=site.allow_shrink,
    )
    files: list[SourceFile] = []
    ignored: list[str] = []
    coded = _coded(site)
    for source in site.sources:
        try:
            connector = connector_of(source)
        except FileError as error:
            plan.problems.append(str(error))
            continue
        wrong = sorted(set(source.refers_to) - set(REFERENCES))
        columns = {f"{entity.name}.{c.name}" for entity in connector.entities for c in entity.columns}
        if unknown := sorted(set(source.values) - columns):
            plan.problems.append(
                f"source {source.name}: values: {', '.join(unknown)}: no column of {source.connector}"
            )
        if unknown := sorted(set(source.codes) - coded):
            plan.problems.append(
                f"source {source.name}: codes: {', '.join(unknown)}: no column with codes is called so"
            )
        if source.options:
            plan.problems.append(
                f"source {source.name}: options: {', '.join(map(str, source.options))}: {source.connector}"
                " has no options"
            )
        if wrong:
            plan.problems.append(
                f"source {source.name}: refers_to: unknown {', '.join(wrong)}; known are"
                f" {', '.join(REFERENCES)}"
            )
        plan.connectors[source.name] = connector
        plan.declarations[source.name] = _declaration(source, key)
        try:
            for listing in list_deliveries(site, source, connector):
                files += listing.files
                ignored += [name for name in listing.ignored if name not in ignored]
        except FileError as error:
            plan.problems.append(str(error))
    plan.ignored = tuple(ignored)
    _decide(plan, files, paths, progress)
    return plan


def _coded(site: Site) -> set[str]:
    """What `codes` may name, of any connector of the site: those of the site are for all its sources."""
    used = [CONNECTORS[source.connector] for source in site.sources if source.connector in CONNECTORS]
    pairs = [
        (entity.name, column.name)
        for connector in used
        for entity in connector.entities
        for column in entity.columns
        if column.type in ("code", "market", "language", "zone")
    ]
    return {column for _, column in pairs} | {f"{entity}.{column}" for entity, column in pairs}


def connector_of(source: Source) -> Connector:
    """Return the connector a source names; raises `FileError` with the known ones."""
    if source.connector not in CONNECTORS:
        raise FileError(
            f"source {source.name}: no connector is called {source.connector!r}; there are"
            f" {', '.join(CONNECTORS)}"
        )
    return CONNECTORS[source.connector]


def list_deliveries(site: Site, source: Source, connector: Connector) -> Iterator[Listing]:
    """Yield the files in a source's own path, then those of the shared reference read for it, by name only.

    Raises `FileError` if a folder or URL cannot be listed.
    """
    own = list_source(source.name, source.path, connector.entities, aliases=connector.file_names)
    yield replace(own, ignored=tuple(f"{source.name} {name}" for name in own.ignored))
    if site.shared_reference is not None:
        references = [e for e in CONNECTORS["canonical_files"].entities if e.kind == "reference"]
        yield list_source(source.name, str(site.shared_reference), references, label="shared/")


def _declaration(source: Source, key: str) -> str:
    """Fingerprint of everything but content that decides what a file's rows become."""
    said: list[object] = [
        CONTRACT_VERSION,
        source.connector,
        source.timezone,
        sorted(source.codes.items()),
        key,
    ]
    if source.values:
        said.append(sorted(source.values.items()))
    if source.staff_roles:
        said.append(sorted(source.staff_roles))
    return hashlib.sha256(json.dumps(said, default=list).encode()).hexdigest()[:16]


def _decide(plan: Plan, files: Sequence[SourceFile], paths: Paths, progress: Callable[[str], None]) -> None:
    present = {file.key for file in files}
    plan.removed = {
        (source, entity) for source, entity, file in plan.known if (source, entity, file) not in present
    }
    changed: dict[Key, SourceFile] = {}
    for file in files:
        row = plan.known.get(file.key)
        declared = row is not None and row["declaration"] == plan.declarations[file.source_id]
        if row is not None and declared and (row["size"], row["modified"]) == (file.size, file.modified):
            plan.unchanged[file.key] = row
            continue
        progress(f"checking {file.source_id} {file.file}")
        try:
            verified = verify(fetch(file, paths.scratch / "remote"))
        except FileError as error:
            plan.problems.append(str(error))
            continue
        if row is not None and declared and row["content_hash"] == verified.content_hash:
            plan.unchanged[file.key] = {**row, "size": file.size, "modified": file.modified}
            plan.restamped = True
            continue
        changed[file.key] = verified
    # A reference table is replaced whole: a change in one of its files means reading all of them.
    groups = {(f.source_id, f.entity.name) for f in changed.values()} | plan.removed
    for file in files:
        if file.key in changed:
            plan.to_read.append(changed[file.key])
            continue
        again = file.entity.kind == "reference" and (file.source_id, file.entity.name) in groups
        if not again or file.key not in plan.unchanged:
            continue
        plan.unchanged.pop(file.key)
        try:
            plan.to_read.append(verify(fetch(file, paths.scratch / "remote")))
        except FileError as error:
            plan.problems.append(str(error))
