"""Finding source files, and telling which of them have to be read.

Belongs here: listing a source's folder or URL, fingerprints, local copies of remote files, and whether a
file is whole (not empty, not cut off). Does not belong here: what is in a file (`ingestion.readers`).
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingestion.contracts import Entity
from ingestion.shortage import is_shortage

_FORMATS = re.compile(r"\.(csv|jsonl|parquet)(\.gz)?$", re.IGNORECASE)
_CHUNK = 1 << 22
_HIDDEN = (".", "_")
_IS_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


class FileError(Exception):
    """A file, or a whole source, cannot be read: names source and file and says what to do."""


@dataclass(frozen=True)
class SourceFile:
    """One file of a source.

    `file` is its name relative to the source's path, as shown in reports; `location` a local path or a URL;
    `modified` an opaque text that changes with the file; `content_hash` and the number of
    `lines` are known once the file was read.
    """

    source_id: str
    entity: Entity
    file: str
    location: str
    size: int
    modified: str
    format: str
    zipped: bool
    content_hash: str = ""
    lines: int = 0

    @property
    def key(self) -> tuple[str, str, str]:
        """What identifies the file in the ledger."""
        return (self.source_id, self.entity.name, self.file)

    @property
    def remote(self) -> bool:
        """Whether the file has to be copied before it can be read."""
        return bool(_IS_URL.match(self.location))

    def error(self, problem: str, remedy: str) -> FileError:
        """Return an error about this file."""
        return FileError(f"source {self.source_id}, file {self.file}: {problem}; {remedy}")


@dataclass(frozen=True)
class Listing:
    """What a source's path holds: files of known entities, and the rest."""

    files: tuple[SourceFile, ...]
    ignored: tuple[str, ...]


@dataclass(frozen=True)
class _Found:
    name: str
    location: str
    size: int
    modified: str


def list_source(
    source_id: str,
    path: str,
    entities: Iterable[Entity],
    *,
    label: str = "",
    aliases: Sequence[tuple[str, str]] = (),
) -> Listing:
    """Return the files under `path` (a local folder or an fsspec URL) that belong to the given entities.

    A file belongs to the entity with the longest name that its own name begins with (so
    `ticket_events_1.csv` is never one of `tickets`), or whose folder it is in; `aliases` are further
    beginnings of names. `label` is put before the names shown. Raises `FileError` if the path is no folder
    or it or anything in it cannot be listed.
    """
    named = {entity.name: entity for entity in entities}
    begins = {**named, **{begin: named[name] for begin, name in aliases}}
    by_length = sorted(begins, key=lambda begin: -len(begin))
    files, ignored = [], []
    for found in _find(source_id, path):
        parts = found.name.split("/")
        # A small site has its files beside its site.yml.
        if found.name == "site.yml" or any(part.startswith(_HIDDEN) for part in parts):
            continue
        match = _FORMATS.search(parts[-1])
        stem = parts[-1][: match.start()] if match else ""
        if len(parts) > 1:
            entity = named.get(parts[0])
        else:
            entity = next((begins[begin] for begin in by_length if stem.startswith(begin)), None)
        if match is None or entity is None:
            ignored.append(label + found.name)
            continue
        files.append(
            SourceFile(
                source_id=source_id,
                entity=entity,
                file=label + found.name,
                location=found.location,
                size=found.size,
                modified=found.modified,
                format=match.group(1).lower(),
                zipped=match.group(2) is not None,
            )
        )
    return Listing(tuple(sorted(files, key=lambda f: f.key)), tuple(sorted(ignored)))


def _find(source_id: str, path: str) -> list[_Found]:
    if _IS_URL.match(path):
        return _find_remote(source_id, path)
    folder = Path(path)
    if not folder.is_dir():
        what = "is a file; give the folder it is in" if folder.exists() else "does not exist"
        raise FileError(f"source {source_id}: {path} {what}; check `path` in site.yml")
    return [
        _Found(file.relative_to(folder).as_posix(), str(file), state.st_size, str(state.st_mtime_ns))
        for file, state in _walk(source_id, folder, frozenset())
    ]


def _walk(
    source_id: str, folder: Path, above: frozenset[tuple[int, int]]
) -> Iterator[tuple[Path, os.stat_result]]:
    """All files below a folder, links followed; `above` are the folders it is in, which a link may lead back
    to. Nothing that may be a delivery is left out in silence.
    """
    try:
        own = folder.stat()
        with os.scandir(folder) as listed:
            entries = [entry for entry in listed if not entry.name.startswith(_HIDDEN)]
    except OSError as error:
        raise FileError(
            f"source {source_id}: folder {folder} cannot be read ({error.strerror}); let the loader read it"
        ) from error
    within = above | {(own.st_dev, own.st_ino)}
    for entry in entries:
        try:
            state = entry.stat()
        except OSError as error:
            raise FileError(f"source {source_id}: {entry.path} {_why_absent(entry, error)}") from error
        if stat.S_ISREG(state.st_mode):
            yield Path(entry.path), state
        elif stat.S_ISDIR(state.st_mode) and (state.st_dev, state.st_ino) not in within:
            yield from _walk(source_id, Path(entry.path), within)


def _why_absent(entry: os.DirEntry[str], error: OSError) -> str:
    if not isinstance(error, FileNotFoundError):
        return f"cannot be read ({error.strerror}); let the loader read it"
    if entry.is_symlink():
        return "is a link to something that is not there; restore that, or remove the link"
    return "went away while its folder was listed; load again when the delivery is complete"


def _find_remote(source_id: str, path: str) -> list[_Found]:
    import fsspec

    try:
        system, root = fsspec.core.url_to_fs(path)
        if not system.exists(root):
            raise FileNotFoundError(root)
        entries: dict[str, dict[str, Any]] = system.find(root, detail=True)
    except Exception as error:
        raise FileError(
            f"source {source_id}: {path} cannot be listed ({error}); check `path` in site.yml and its"
            f" credentials"
        ) from error
    found = []
    for name, entry in entries.items():
        shown = name.removeprefix(root).lstrip("/")
        stamp = next(
            (entry[k] for k in ("ETag", "etag", "mtime", "LastModified", "created") if entry.get(k)), ""
        )
        if isinstance(stamp, datetime):
            stamp = stamp.astimezone(UTC).isoformat()
        found.append(_Found(shown, system.unstrip_protocol(name), int(entry.get("size") or 0), str(stamp)))
    return found


def fetch(file: SourceFile, folder: Path) -> SourceFile:
    """Return the file with a local location; a remote one is copied into `folder` first."""
    if not file.remote:
        return file
    import fsspec

    suffix = f".{file.format}" + (".gz" if file.zipped else "")
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / (hashlib.sha256(file.location.encode()).hexdigest()[:24] + suffix)
    try:
        system, name = fsspec.core.url_to_fs(file.location)
        system.get_file(name, str(target))
    except Exception as error:
        if is_shortage(error):
            raise
        raise file.error(f"cannot be copied ({error})", "check the connection and its credentials") from error
    return replace(file, location=str(target))


def verify(file: SourceFile) -> SourceFile:
    """Read a local file once and return it with its content hash and number of lines.

    Raises `FileError` for an empty file and for a gzip that is cut off or damaged: DuckDB would silently
    read the rows before the cut.
    """
    digest = hashlib.sha256()
    unzip = zlib.decompressobj(wbits=31) if file.zipped else None
    content = feeds = 0
    last = b""
    try:
        opened = Path(file.location).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise file.error(f"cannot be opened ({error.strerror})", "let the loader read it") from error
    with opened as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            if unzip is None:
                content += len(chunk)
                feeds += chunk.count(b"\n")
                last = chunk[-1:]
                continue
            try:
                while chunk:
                    text = unzip.decompress(chunk)
                    content += len(text)
                    feeds += text.count(b"\n")
                    last = text[-1:] or last
                    chunk = unzip.unused_data if unzip.eof else b""
                    if unzip.eof and chunk.strip(b"\0"):
                        unzip = zlib.decompressobj(wbits=31)
                    else:
                        chunk = b""
            except zlib.error as error:
                raise file.error(f"damaged gzip ({error})", "export or copy it again") from error
    if unzip is not None and not unzip.eof and digest.digest() != hashlib.sha256().digest():
        raise file.error("the gzip is cut off before its end", "copy it again, whole")
    if content == 0:
        raise file.error("is empty, without even a header", "export it again, or remove it")
    return replace(file, content_hash=digest.hexdigest(), lines=feeds + (last != b"\n"))
