"""One process at a time works on the build file, and for one site.

Belongs here: taking the lock of a data folder, saying who holds it, and whose state the folder holds. Does
not belong here: Dagster's pool, which orders the steps of runs that Dagster itself launched (this lock also
keeps two shells apart), or swapping the states of sites (`orchestration.site_state`).
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


class OtherSiteError(RuntimeError):
    """The data folder holds the state of another site; says whose and what to do."""


class DataDirError(RuntimeError):
    """The data folder cannot be made or written to."""


def held_site(paths: Paths) -> str | None:
    """Return the name of the site whose state the data folder holds, as far as that was recorded."""
    if not paths.site_record.exists():
        return None
    return str(json.loads(paths.site_record.read_text(encoding="utf-8"))["site"])


def record_site(paths: Paths, name: str) -> None:
    """Note whose state the data folder holds from now on."""
    fresh = paths.site_record.with_name(".site.json")
    fresh.write_text(json.dumps({"site": name}), encoding="utf-8")
    fresh.replace(paths.site_record)


def require_site(paths: Paths, name: str) -> None:
    """Raise `OtherSiteError` if the data folder holds another site's state, or this one's is set aside."""
    held, aside = held_site(paths), paths.set_aside(name)
    remedy = f"`SITE=… make run` switches the folder to {name}; or choose another DATA_DIR"
    if held not in (None, name):
        raise OtherSiteError(f"{paths.data_dir} holds the state of site {held}, not of {name}; {remedy}")
    if (aside / paths.warehouse.name).exists():
        raise OtherSiteError(f"the state of site {name} was set aside in {aside}; {remedy}")


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
