"""Where files and the data folder are: odd names work or are told, and so is what cannot be opened."""

from __future__ import annotations

import contextlib
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from ingestion.load import LoadError
from ingestion.paths import Paths
from ingestion.site import SiteError
from tests.ingestion.conftest import TICKET, TICKETS, Warehouse, csv


def _fails(warehouse: Warehouse) -> str:
    with pytest.raises(LoadError) as caught:
        warehouse.load()
    return str(caught.value)


def test_a_site_yml_beside_the_files_is_not_reported_as_ignored(warehouse: Warehouse) -> None:
    warehouse.site["sources"][0]["path"] = "."
    warehouse.write({"tickets.csv": csv(TICKETS, TICKET), "site.txt": "?"}, source=".")
    assert [name for name in warehouse.load().ignored_files if "site" in name] == ["s site.txt"]
    assert warehouse.value("SELECT count(*) FROM raw.canonical__tickets") == 1


def test_names_of_files_are_no_patterns(warehouse: Warehouse) -> None:
    names = ("tickets*.csv", "tickets[12].csv", "tickets1.csv", "tickets2.jsonl", "tickets[2].jsonl")
    for name in names:
        row = TICKET.replace("t1", name)
        fields = dict(zip(TICKETS.split(","), row.split(","), strict=True))
        warehouse.write({name: csv(TICKETS, row) if name.endswith("csv") else json.dumps(fields)})
    result = warehouse.load()
    assert {(report.file, report.read, report.loaded) for report in result.files} == {
        (n, 1, 1) for n in names
    }
    found = warehouse.query("SELECT ticket_id FROM raw.canonical__tickets")
    assert {ticket for (ticket,) in found} == set(names)


def test_what_cannot_be_written_or_opened_is_told(fresh: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh.write({"tickets.csv": csv(TICKETS, TICKET)})
    fresh.paths.data_dir.write_text("a file", encoding="utf-8")
    assert f"DATA_DIR {fresh.paths.data_dir} cannot be written to" in _fails(fresh)
    fresh.paths.data_dir.unlink()
    opened = Path.open

    def refuse(path: Path, *args: Any, **kwargs: Any) -> Any:
        if path.name == "tickets.csv":
            raise PermissionError(13, "Permission denied")
        return opened(path, *args, **kwargs)

    # Not by chmod: the superuser may read everything.
    monkeypatch.setattr(Path, "open", refuse)
    assert "source s, file tickets.csv: cannot be opened (Permission denied)" in _fails(fresh)


@pytest.mark.parametrize("sign", ["'", "%", "=", "[", "*", "?", "$"])
def test_a_data_dir_that_our_tools_would_misread_is_told(fresh: Warehouse, sign: str) -> None:
    fresh.paths = Paths(fresh.root / f"env{sign}prod")
    with pytest.raises(SiteError, match=re.escape(f"has {sign} in its path; choose another folder")):
        fresh.write({"tickets.csv": csv(TICKETS, TICKET)}).load()
    assert not fresh.paths.data_dir.exists()


@pytest.mark.parametrize("name", ["with spaces", "a+b & c (1)", "données #1"])
def test_odd_names_of_the_data_dir_work(fresh: Warehouse, name: str) -> None:
    fresh.paths = Paths(fresh.root / name)
    fresh.write({"tickets.csv": csv(TICKETS, TICKET)}).load()
    assert fresh.value("SELECT count(*) FROM raw.canonical__tickets") == 1


def test_links_are_followed_and_loops_are_not(fresh: Warehouse) -> None:
    fresh.write({"tickets.csv": csv(TICKETS, TICKET)})
    fresh.write({"1.csv": csv(TICKETS, TICKET.replace("t1", "t2"))}, source="elsewhere/tickets")
    (fresh.root / "s" / "tickets").symlink_to(fresh.root / "elsewhere" / "tickets")
    (fresh.root / "s" / "tickets_3.csv").symlink_to(fresh.root / "s" / "tickets.csv")
    (fresh.root / "s" / "round").symlink_to(fresh.root / "s")
    (fresh.root / "elsewhere" / "tickets" / "again").symlink_to(fresh.root / "elsewhere" / "tickets")
    result = fresh.load()
    assert {report.file for report in result.files} == {"tickets.csv", "tickets/1.csv", "tickets_3.csv"}
    assert result.ignored_files == ()
    assert fresh.query("SELECT ticket_id FROM raw.canonical__tickets ORDER BY 1") == [("t1",), ("t2",)]


def test_what_cannot_be_listed_is_told(fresh: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh.write({"tickets.csv": csv(TICKETS, TICKET), "tickets/2.csv": csv(TICKETS, TICKET)})
    fresh.write({"2.csv": "not listed"}, source="s/.hidden")
    link = fresh.root / "s" / "tickets_9.csv"
    link.symlink_to(fresh.root / "gone.csv")
    assert f"source s: {link} is a link to something that is not there" in _fails(fresh)
    link.unlink()
    listed = os.scandir

    def refuse(folder: Any) -> Any:
        if isinstance(folder, Path) and folder.name in ("tickets", ".hidden"):
            raise PermissionError(13, "Permission denied")
        return listed(folder)

    # Not by chmod: the superuser may read everything.
    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", refuse)
        assert f"source s: folder {fresh.root / 's' / 'tickets'} cannot be read (Perm" in _fails(fresh)

    def vanish(folder: Any) -> Any:
        if isinstance(folder, Path) and folder.name == "tickets":
            entries = list(listed(folder))
            (folder / "2.csv").unlink()
            return contextlib.nullcontext(entries)
        return listed(folder)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", vanish)
        gone = fresh.root / "s" / "tickets" / "2.csv"
        assert f"source s: {gone} went away while its folder was listed" in _fails(fresh)
    fresh.load()
