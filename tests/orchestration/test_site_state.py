"""Switching the site of a data folder: nothing lost, nothing mixed, also when it was interrupted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ingestion.paths import Paths
from ingestion.site import Site
from orchestration.site_state import switch_to


@pytest.fixture
def south(site: Site) -> Site:
    """Another site."""
    return replace(site, name="south")


def _leave_state(paths: Paths, text: str) -> None:
    for file in (paths.warehouse, paths.published, paths.dlt / "state", paths.reports / "page.html"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def _state(paths: Paths) -> set[str]:
    files = (paths.warehouse, paths.published, paths.dlt / "state", paths.reports / "page.html")
    return {file.read_text(encoding="utf-8") if file.exists() else "absent" for file in files}


def test_the_first_site_and_the_same_site_again_move_nothing(paths: Paths, site: Site) -> None:
    _leave_state(paths, "north's")
    assert switch_to(paths, site) is None
    assert switch_to(paths, site) is None
    assert _state(paths) == {"north's"}


def test_another_site_starts_empty_and_the_first_comes_back_whole(
    paths: Paths, site: Site, south: Site
) -> None:
    switch_to(paths, site)
    _leave_state(paths, "north's")
    assert str(paths.data_dir / "sites" / "north") in (switch_to(paths, south) or "")
    assert _state(paths) == {"absent"}
    _leave_state(paths, "south's")
    assert "north was brought back" in (switch_to(paths, site) or "")
    assert _state(paths) == {"north's"}
    switch_to(paths, south)
    assert _state(paths) == {"south's"}


def test_what_a_file_manager_left_beside_a_state_is_in_nobodys_way(
    paths: Paths, site: Site, south: Site
) -> None:
    switch_to(paths, site)
    _leave_state(paths, "north's")
    switch_to(paths, south)
    litter = paths.data_dir / "sites" / "north" / ".DS_Store"
    litter.write_text("not ours", encoding="utf-8")
    assert "north was brought back" in (switch_to(paths, site) or "")
    assert _state(paths) == {"north's"}
    assert litter.exists()
    assert switch_to(paths, site) is None
    switch_to(paths, south)
    switch_to(paths, site)
    assert _state(paths) == {"north's"}


@pytest.mark.parametrize("breaks_at", range(1, 10))
def test_a_switch_that_breaks_off_anywhere_is_finished_by_the_next_run(
    paths: Paths, site: Site, south: Site, monkeypatch: pytest.MonkeyPatch, breaks_at: int
) -> None:
    switch_to(paths, south)
    _leave_state(paths, "south's")
    switch_to(paths, site)
    _leave_state(paths, "north's")

    renames = 0
    rename, move = Path.rename, Path.replace

    def breaking(original):  # type: ignore[no-untyped-def]
        def step(self: Path, target: Path) -> Path:
            nonlocal renames
            renames += 1
            if renames == breaks_at:
                raise KeyboardInterrupt
            return original(self, target)

        return step

    monkeypatch.setattr(Path, "rename", breaking(rename))
    monkeypatch.setattr(Path, "replace", breaking(move))
    with pytest.raises(KeyboardInterrupt):
        switch_to(paths, south)
    monkeypatch.undo()

    switch_to(paths, site)
    assert _state(paths) == {"north's"}
    switch_to(paths, south)
    assert _state(paths) == {"south's"}
