"""One process at a time works on the build file.

Belongs here: taking the lock of a data folder, and saying who holds it. Does not belong here: Dagster's pool,
which orders the steps of runs that Dagster itself launched; this lock also keeps two shells apart.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from ingestion.paths import Paths

_held_here: set[Path] = set()


class BuildFileHeldError(RuntimeError):
    """Another process is working on the build file; says which and since when."""


class DataDirError(RuntimeError):
    """The data folder cannot be made or written to."""


@contextmanager
def build_lock(paths: Paths, holder: str) -> Iterator[None]:
    """Hold the build file of a data folder; within one process it may be taken again while held.

    `holder` is shown to whoever comes second. Raises `BuildFileHeldError` at once instead of waiting, and
    `DataDirError` if there can be no lock file.
    The system lets go of the lock when the process ends, however it ends.
    """
    file = paths.data_dir / "run.lock"
    if file in _held_here:
        yield
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        opened = file.open("a+", encoding="utf-8")
    except OSError as error:
        message = f"DATA_DIR {paths.data_dir} cannot be written to ({error}); choose another folder"
        raise DataDirError(message) from error
    with opened as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            handle.seek(0)
            raise BuildFileHeldError(_describe(handle.read(), paths)) from error
        handle.truncate(0)
        json.dump(
            {
                "pid": os.getpid(),
                "holder": holder,
                "since": datetime.now(UTC).isoformat(timespec="seconds"),
            },
            handle,
        )
        handle.flush()
        _held_here.add(file)
        try:
            yield
        finally:
            _held_here.discard(file)
            handle.truncate(0)


def _describe(content: str, paths: Paths) -> str:
    try:
        entry = json.loads(content)
        who = f"{entry['holder']}, pid {entry['pid']}, since {entry['since']}"
    except (ValueError, KeyError):
        who = "it has only just started"
    return f"another run holds {paths.warehouse} ({who}); wait for it or stop it, then run again"
