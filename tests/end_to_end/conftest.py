"""Workspaces for whole runs. dbt parses the project once for all of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ingestion.paths import Paths
from orchestration.dbt_runner import dbt_folder, prepare_manifest
from tests.end_to_end.workspace import Workspace


@pytest.fixture(scope="session")
def make_workspace(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, str], Workspace]:
    """Return a maker of fresh data folders for a site."""
    parsed = Paths(tmp_path_factory.mktemp("parsed"))
    prepare_manifest(parsed)

    def make(site: Path, name: str) -> Workspace:
        paths = Paths(tmp_path_factory.mktemp(name) / "data")
        shutil.copytree(dbt_folder(parsed), dbt_folder(paths))
        return Workspace(site, paths)

    return make
