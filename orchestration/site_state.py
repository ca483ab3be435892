"""One data folder serves one site at a time; the state of the others waits in `sites/<name>/`.

Belongs here: swapping. Does not belong here: which site a data folder holds (`ingestion.lock`), what a site
is (`ingestion.site`) or where files live (`ingestion.paths`).
"""

from __future__ import annotations

from pathlib import Path

from ingestion.lock import held_site, record_site
from ingestion.paths import Paths
from ingestion.site import Site
from orchestration.dbt_runner import dbt_folder


def switch_to(paths: Paths, site: Site) -> str | None:
    """Make `paths` hold the state of `site`, setting another's aside; returns what was done, if anything.

    Every step is a rename and can be repeated, so a switch that was killed is finished by the next one. The
    caller holds the build's lock.
    """
    paths.data_dir.mkdir(parents=True, exist_ok=True)
    held = held_site(paths)
    message = None
    if held is not None and held != site.name:
        aside = paths.set_aside(held)
        aside.mkdir(parents=True, exist_ok=True)
        _move(paths.data_dir, aside, paths)
        message = f"the state of site {held} was set aside in {aside}"
    if held != site.name:
        record_site(paths, site.name)
    aside = paths.set_aside(site.name)
    if _move(aside, paths.data_dir, paths):
        back = f"the earlier state of site {site.name} was brought back"
        message = f"{message}; {back}" if message else back
    _remove_emptied(aside)
    return message


def _move(source: Path, target: Path, paths: Paths) -> bool:
    """Move what belongs to one site and return whether there was anything. The folder for reports and the
    like is absent until a site has one.
    """
    entries = [entry for entry in _entries(paths) if (source / entry).exists()]
    for entry in entries:
        (source / entry).rename(target / entry)
    return bool(entries)


def _remove_emptied(aside: Path) -> None:
    """Remove the folder of a state that was brought back, unless others (a file manager) put files there."""
    if aside.is_dir() and not any(aside.iterdir()):
        aside.rmdir()


def _entries(paths: Paths) -> list[str]:
    owned = [paths.warehouse, paths.published.parent, paths.dlt, paths.reports, dbt_folder(paths)]
    write_ahead_log = paths.warehouse.with_name(paths.warehouse.name + ".wal")
    return [path.name for path in (write_ahead_log, *owned)]
