"""One data folder serves one site at a time; the state of the others waits in `sites/<name>/`.

Belongs here: telling which site a data folder holds and swapping. Does not belong here: what a site is
(`ingestion.site`) or where files live (`ingestion.paths`).
"""

from __future__ import annotations

import json
from pathlib import Path

from ingestion.paths import Paths
from ingestion.site import Site
from orchestration.dbt_runner import dbt_folder


def switch_to(paths: Paths, site: Site) -> str | None:
    """Make `paths` hold the state of `site`, setting another's aside; returns what was done, if anything.

    Every step is a rename and can be repeated, so a switch that was killed is finished by the next one. The
    caller holds the build's lock.
    """
    paths.data_dir.mkdir(parents=True, exist_ok=True)
    record = paths.data_dir / "site.json"
    held = _held_site(record)
    message = None
    if held is not None and held != site.name:
        _move(paths.data_dir, _aside(paths, held), paths)
        message = f"the state of site {held} was set aside in {_aside(paths, held)}"
    if held != site.name:
        _write(record, site.name)
    if _aside(paths, site.name).is_dir():
        _move(_aside(paths, site.name), paths.data_dir, paths)
        back = f"the earlier state of site {site.name} was brought back"
        message = f"{message}; {back}" if message else back
    return message


def _held_site(record: Path) -> str | None:
    if not record.exists():
        return None
    return str(json.loads(record.read_text(encoding="utf-8"))["site"])


def _write(record: Path, name: str) -> None:
    fresh = record.with_name(".site.json")
    fresh.write_text(json.dumps({"site": name}), encoding="utf-8")
    fresh.replace(record)


def _aside(paths: Paths, name: str) -> Path:
    return paths.data_dir / "sites" / name


def _move(source: Path, target: Path, paths: Paths) -> None:
    """Move what belongs to one site. The folder for reports and the like is absent until a site has one."""
    target.mkdir(parents=True, exist_ok=True)
    for entry in _entries(paths):
        if (source / entry).exists():
            (source / entry).rename(target / entry)
    if source != paths.data_dir:
        source.rmdir()


def _entries(paths: Paths) -> list[str]:
    owned = [paths.warehouse, paths.published.parent, paths.dlt, paths.reports, dbt_folder(paths)]
    write_ahead_log = paths.warehouse.with_name(paths.warehouse.name + ".wal")
    return [path.name for path in (write_ahead_log, *owned)]
