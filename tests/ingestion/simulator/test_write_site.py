"""Sizes, determinism and safety of writing a site."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from ingestion.simulator import site as writing
from ingestion.simulator import write_site
from ingestion.simulator.model import Plan
from ingestion.site import SiteError, load_site
from tests.ingestion.simulator.conftest import Simulated


def contents(folder: Path) -> dict[str, str]:
    """Digest of every file by its path."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        write_site(tmp_path / name, tickets=250, seed=seed, weeks=4)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert contents(tmp_path / "a") != contents(tmp_path / "c")


def test_the_number_of_processes_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "Plan", partial(Plan, chunk=100))
    for workers in (1, 2):
        write_site(tmp_path / str(workers), tickets=300, seed=5, weeks=4, workers=workers)
    assert contents(tmp_path / "1") == contents(tmp_path / "2")
    tickets = pq.read_table(tmp_path / "1" / "truth" / "fct_tickets")
    assert len(set(tickets["ticket_id"].to_pylist())) == tickets.num_rows > 290


@pytest.mark.parametrize("tickets", [1, 7])
def test_tiny_sites_can_be_written(tmp_path: Path, tickets: int) -> None:
    summary = write_site(tmp_path, tickets=tickets, seed=2, weeks=2)
    assert summary.rows["tickets"] >= tickets
    assert summary.rows["ticket_events"] > tickets


def test_sizes(site: Simulated, small_site: Simulated) -> None:
    # in two weeks many tickets have no time to end
    for written, tickets, least in ((site, 5_000, 14), (small_site, 100, 9)):
        assert written.value("select count(distinct ticket_id) from tickets") == tickets
        assert written.value("select count(*) from tickets") == written.summary.rows["tickets"]
        events = written.value("select count(distinct event_id) from ticket_events") / tickets
        assert least < events < 18
        messages = (
            written.value("select count(distinct event_id) from ticket_events where event_type = 'message'")
            / tickets
        )
        assert 3 < messages < 7


def test_the_site_file_names_its_source(site: Simulated) -> None:
    config = yaml.safe_load((site.summary.folder / "site.yml").read_text(encoding="utf-8"))
    assert config["as_of"] == "2026-06-29T06:00:00Z"
    assert [(s["name"], s["connector"]) for s in config["sources"]] == [("helpdesk", "canonical_files")]
    assert (site.summary.folder / config["sources"][0]["path"] / "tickets").is_dir()


def test_truth_and_incidents_can_be_left_out(tmp_path: Path) -> None:
    write_site(tmp_path / "bare", tickets=60, seed=5, weeks=4, truth=False)
    assert not (tmp_path / "bare" / "truth").exists()
    write_site(tmp_path / "calm", tickets=60, seed=5, weeks=4, incidents=False)
    assert (tmp_path / "calm" / "truth" / "incidents.csv").read_text(encoding="utf-8").count("\n") == 1


def test_an_earlier_site_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    write_site(tmp_path, tickets=60, seed=5, weeks=4)
    before = contents(tmp_path)
    write_site(tmp_path, tickets=60, seed=5, weeks=4)
    assert contents(tmp_path) == before
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError, match=r"thesis\.txt"):
        write_site(tmp_path, tickets=60, seed=5, weeks=4)
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "mine"


def test_deliveries_that_were_not_simulated_are_never_removed(tmp_path: Path) -> None:
    (tmp_path / "helpdesk").mkdir()
    (tmp_path / "helpdesk" / "tickets.csv").write_text("real", encoding="utf-8")
    for site_yml in (None, "# The simulated organisation\nsite: real\n"):
        if site_yml:
            (tmp_path / "site.yml").write_text(site_yml, encoding="utf-8")
        before = contents(tmp_path)
        with pytest.raises(FileExistsError, match="did not write"):
            write_site(tmp_path, tickets=60, seed=5, weeks=4)
        assert contents(tmp_path) == before


def test_a_simulation_that_broke_off_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("ingestion.simulator.site._run", stop)
        with pytest.raises(KeyboardInterrupt):
            write_site(tmp_path, tickets=60, seed=5, weeks=4)
    assert (tmp_path / "helpdesk").is_dir()
    with pytest.raises(SiteError, match="expected keys"):
        load_site(tmp_path)
    write_site(tmp_path, tickets=60, seed=5, weeks=4)
    assert load_site(tmp_path).name == "simulated"


@pytest.mark.parametrize(("tickets", "weeks"), [(0, 26), (10, 1)])
def test_sizes_that_make_no_sense_are_refused(tmp_path: Path, tickets: int, weeks: int) -> None:
    with pytest.raises(ValueError, match="at least"):
        write_site(tmp_path, tickets=tickets, seed=1, weeks=weeks)
