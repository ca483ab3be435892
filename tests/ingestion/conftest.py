"""Small sites in temporary folders, loaded with a fixed key. Shared by all ingestion tests."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from ingestion.load import LoadResult, load
from ingestion.paths import Paths
from ingestion.site import load_site

KEY = "a key that only the tests know"

TICKETS = "ticket_id,created_at,updated_at,channel,status"
EVENTS = "event_id,ticket_id,occurred_at,event_type"
TICKET = "t1,2026-01-05T08:00:00Z,2026-01-05T09:00:00Z,email,open"
EVENT = "e1,t1,2026-01-05T08:30:00Z,message"


def csv(header: str, *rows: str) -> str:
    """A CSV with a header and rows."""
    return "\n".join([header, *rows, ""])


class Warehouse:
    """One data folder with a site whose files a test writes; each `load` reads the site anew."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.paths = Paths(root / "data_dir")
        self.site: dict[str, Any] = {
            "site": "test",
            "timezone": "UTC",
            "sources": [{"name": "s", "connector": "canonical_files", "path": "s"}],
        }

    def write(self, files: Mapping[str, str | bytes], source: str = "s") -> Warehouse:
        """Write files of a source; None as content is not needed: remove with `remove`."""
        for name, content in files.items():
            path = self.root / source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return self

    def load(self) -> LoadResult:
        """Load the site as it is now."""
        (self.root / "s").mkdir(exist_ok=True)
        (self.root / "site.yml").write_text(yaml.safe_dump(self.site), encoding="utf-8")
        return load(load_site(self.root, data_dir=self.paths.data_dir), self.paths)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the warehouse."""
        with duckdb.connect(str(self.paths.warehouse), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def value(self, sql: str) -> Any:
        """The one value of a query on the warehouse."""
        ((found,),) = self.query(sql)
        return found

    def dump(self, *, with_load_no: bool = False) -> dict[str, list[tuple[Any, ...]]]:
        """All entity tables, in a fixed order of rows."""
        with duckdb.connect(str(self.paths.warehouse), read_only=True) as connection:
            names = connection.execute(
                "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'raw'"
                " AND contains(table_name, '__') ORDER BY 1"
            ).fetchall()
            hide = "" if with_load_no else " EXCLUDE (load_no)"
            return {
                name: connection.execute(f'SELECT *{hide} FROM raw."{name}" ORDER BY ALL').fetchall()
                for (name,) in names
            }

    def everything(self) -> str:
        """Every value of every table of the warehouse as one text, to search for what must not be there."""
        parts = []
        with duckdb.connect(str(self.paths.warehouse), read_only=True) as connection:
            tables = connection.execute(
                "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal"
            ).fetchall()
            for schema, table in tables:
                parts.append(str(connection.execute(f'SELECT * FROM "{schema}"."{table}"').fetchall()))
        return "\n".join(parts)


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on the caller's environment."""
    monkeypatch.setenv("PSEUDONYM_KEY", KEY)
    for name in ("AS_OF", "SITE", "DATA_DIR", "ALLOW_SHRINK"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def empty_data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with all raw tables and no rows: making them is most of the time of a small load."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PSEUDONYM_KEY", KEY)
        made = Warehouse(tmp_path_factory.mktemp("empty"))
        made.load()
    return made.paths.data_dir


@pytest.fixture
def warehouse(tmp_path: Path, empty_data_dir: Path) -> Warehouse:
    """A site whose warehouse has all raw tables and no rows."""
    shutil.copytree(empty_data_dir, tmp_path / "data_dir")
    return Warehouse(tmp_path)


@pytest.fixture
def make_warehouse(tmp_path: Path, empty_data_dir: Path) -> Callable[[str], Warehouse]:
    """Makes further such sites by name."""

    def make(name: str) -> Warehouse:
        shutil.copytree(empty_data_dir, tmp_path / name / "data_dir")
        return Warehouse(tmp_path / name)

    return make


@pytest.fixture
def fresh(tmp_path: Path) -> Warehouse:
    """A site that was never loaded."""
    return Warehouse(tmp_path)
