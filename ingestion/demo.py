"""A site with `simulate:` is written before it is loaded.

Belongs here: deciding whether the simulated site is there already. Does not belong here: how it is written
(`ingestion.simulator`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from ingestion.paths import Paths
from ingestion.site import Site, SiteError


def prepare(site: Site, paths: Paths, progress: Callable[[str], None]) -> None:
    """Write the simulated site around its source's path, if it is absent or was written with other
    parameters.

    Does nothing for a site without `simulate`. Raises `SiteError` if its parameters are no whole numbers, or
    its place is not in the data folder or holds anything that was not simulated.
    """
    if site.simulate is None:
        return
    wanted = {"tickets": 20_000, "weeks": 26, "seed": 1, **site.simulate}
    for name, value in wanted.items():
        if name not in ("tickets", "weeks", "seed") or isinstance(value, bool) or not isinstance(value, int):
            raise SiteError(
                f"{site.folder / 'site.yml'}: simulate.{name}: expected a whole number for tickets,"
                f" weeks, seed"
            )
    if len(site.sources) != 1:
        raise SiteError(f"{site.folder / 'site.yml'}: sources: a simulated site has exactly one source")
    folder = Path(site.sources[0].path).parent
    if paths.data_dir.resolve() not in folder.resolve().parents:
        raise SiteError(
            f"{site.folder / 'site.yml'}: sources[0].path: what is simulated is written into the data folder:"
            " expected ${DATA_DIR}/simulated/<name>/helpdesk; for files of your own take `simulate` out"
        )
    # Beside the folder: the simulator refuses to write where there are files of others.
    stamp = folder.with_name(f"{folder.name}.json")
    if stamp.is_file() and json.loads(stamp.read_text(encoding="utf-8")) == wanted:
        return
    from ingestion.simulator import write_site

    stamp.unlink(missing_ok=True)
    try:
        write_site(folder, **wanted, progress=progress)
    except (ValueError, FileExistsError) as error:
        raise SiteError(f"{site.folder / 'site.yml'}: simulate: {error}") from error
    stamp.write_text(json.dumps(wanted), encoding="utf-8")
