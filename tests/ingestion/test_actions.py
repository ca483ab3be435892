"""Actions are appended as the contract wants them, or not at all."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from ingestion.__main__ import main
from ingestion.actions import ActionError, append_action, published_state
from ingestion.contracts import entity
from ingestion.paths import Paths
from ingestion.site import load_site

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TWO_SOURCES = """
  - {name: desk, connector: canonical_files, path: desk}
  - {name: other, connector: canonical_files, path: other}
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return _site(tmp_path, "\n  - {name: desk, connector: canonical_files, path: desk}\n")


def _site(folder: Path, sources: str) -> Path:
    for name in ("desk", "other"):
        (folder / name).mkdir()
    (folder / "site.yml").write_text(f"site: s\ntimezone: UTC\nsources:{sources}", encoding="utf-8")
    return folder


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_first_action_writes_the_header_of_the_contract(site: Path) -> None:
    file, row = append_action(load_site(site), "k1", "accepted", occurred_at=AT, due_on=date(2026, 4, 1))
    (written,) = _rows(file)
    assert list(written) == [column.name for column in entity("feedback_actions").columns]
    assert {name: value for name, value in written.items() if value} == row
    assert (row["occurred_at"], row["due_on"]) == ("2026-03-02T09:30:00Z", "2026-04-01")


def test_actions_are_added_after_what_is_there_in_its_columns(site: Path) -> None:
    file = site / "desk" / "feedback_actions.csv"
    file.write_text("status,insight_key,note,action_id,occurred_at\naccepted,k1,,A1,2026-03-01T00:00:00Z")
    append_action(load_site(site), "k1", "shipped", occurred_at=AT, note='said "done",\nand went')
    old, new = _rows(file)
    assert old["action_id"] == "A1"
    assert (new["status"], new["note"]) == ("shipped", 'said "done",\nand went')


def test_each_action_has_an_id_of_its_own(site: Path) -> None:
    rows = [append_action(load_site(site), "k1", "accepted", occurred_at=AT)[1] for _ in range(2)]
    assert rows[0]["action_id"] != rows[1]["action_id"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"status": "done"}, "done"),
        ({"insight_key": " "}, "insight_key"),
        ({"owner_team": "sales"}, "sales"),
        ({"occurred_at": datetime(2026, 3, 2)}, "offset"),
        ({"source": "nobody"}, "nobody"),
    ],
)
def test_what_breaks_the_contract_is_not_written(site: Path, change: dict[str, object], told: str) -> None:
    given = {"insight_key": "k1", "status": "accepted", "occurred_at": AT, **change}
    with pytest.raises(ActionError, match=told):
        append_action(load_site(site), **given)  # type: ignore[arg-type]
    assert not (site / "desk" / "feedback_actions.csv").exists()


def test_a_header_without_the_column_is_told(site: Path) -> None:
    file = site / "desk" / "feedback_actions.csv"
    file.write_text("action_id,insight_key,occurred_at,status\n")
    with pytest.raises(ActionError, match="note"):
        append_action(load_site(site), "k1", "accepted", occurred_at=AT, note="x")
    assert file.read_text() == "action_id,insight_key,occurred_at,status\n"


def test_one_of_several_sources_has_to_be_named(tmp_path: Path) -> None:
    site = load_site(_site(tmp_path, TWO_SOURCES))
    with pytest.raises(ActionError, match="desk, other"):
        append_action(site, "k1", "accepted", occurred_at=AT)
    file, _ = append_action(site, "k1", "accepted", occurred_at=AT, source="other")
    assert file.parent.name == "other"


COMMAND = ("action", "--insight", "k1", "--status", "accepted")


def _published(data_dir: Path, statement: str) -> Path:
    """Make a published file as a publication does: called marts.duckdb, its tables in the schema marts."""
    paths = Paths(data_dir)
    paths.published.parent.mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{paths.published}' as fresh")
        connection.execute("create schema fresh.marts")
        connection.execute(statement)
    return paths.published


INSIGHTS = "create table fresh.marts.fct_insights as select 'k1' as insight_key, 'raised' as state"


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder whose publication has one insight, k1."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    _published(tmp_path / "data", INSIGHTS)
    return tmp_path / "data"


def test_the_command_tells_the_state_that_was_published(
    site: Path, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert Paths(data_dir).published.name == "marts.duckdb"
    assert main(["--site", str(site), *COMMAND, "--owner-team", "policy"]) == 0
    told = capsys.readouterr()
    assert "k1 accepted" in told.out and not told.err
    assert "published state: raised; it changes with the next run" in told.out
    assert [row["owner_team"] for row in _rows(site / "desk" / "feedback_actions.csv")] == ["policy"]


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ([], "shows once as_of, 2026-03-02 09:30:00 UTC at this site, passes that instant; --at names"),
        (["--at", "2026-03-02T10:30:00.000001+01:00"], "shows once as_of"),
        (["--at", "2026-03-02T10:30:00+01:00"], "changes with the next run"),
    ],
    ids=["now", "after", "at"],
)
@pytest.mark.usefixtures("data_dir")
def test_the_command_tells_whether_the_next_run_knows_of_it(
    site: Path, at: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = site / "site.yml"
    file.write_text(file.read_text() + f"as_of: {AT.isoformat()}\n", encoding="utf-8")
    assert main(["--site", str(site), *COMMAND, *at]) == 0
    assert told in capsys.readouterr().out


@pytest.mark.usefixtures("data_dir")
def test_what_lies_ahead_waits_for_a_run_after_it(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--site", str(site), *COMMAND, "--at", "2999-01-01T00:00:00Z"]) == 0
    assert "the first run after that" in capsys.readouterr().out


@pytest.mark.parametrize("published", [INSIGHTS, "create table fresh.marts.fct_tickets (k varchar)", None])
def test_an_insight_that_nobody_published_is_refused_unless_forced(
    site: Path,
    tmp_path: Path,
    published: str | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    if published:
        _published(tmp_path / "data", published)
    mistyped = ["--site", str(site), "action", "--insight", "k2", "--status", "accepted"]
    assert main(mistyped) == 1
    told = capsys.readouterr()
    assert "nothing was written: k2 is no insight" in told.err and "--force" in told.err
    assert not (site / "desk" / "feedback_actions.csv").exists()
    assert main([*mistyped, "--force"]) == 0
    told = capsys.readouterr()
    assert "k2 accepted" in told.out and "k2 is no insight" in told.err
    assert len(_rows(site / "desk" / "feedback_actions.csv")) == 1


def test_a_publication_without_insights_knows_none(tmp_path: Path) -> None:
    _published(tmp_path / "data", "create table fresh.marts.fct_tickets (ticket_key varchar)")
    assert published_state(Paths(tmp_path / "data"), "k1") is None


def test_a_publication_that_cannot_be_read_knows_no_insight(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    published = Paths(tmp_path / "data").published
    published.parent.mkdir(parents=True)
    published.write_bytes(b"not a database" * 1000)
    assert main(["--site", str(site), *COMMAND]) == 1
    assert "cannot be looked up" in capsys.readouterr().err
    assert not (site / "desk" / "feedback_actions.csv").exists()
    assert main(["--site", str(site), *COMMAND, "--force"]) == 0
    told = capsys.readouterr()
    assert "k1 accepted" in told.out and "cannot be looked up" in told.err
    assert len(_rows(site / "desk" / "feedback_actions.csv")) == 1


@pytest.mark.usefixtures("data_dir")
def test_the_command_fails_without_writing(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ["--at", "2026-03-02T09:30:00"]
    assert main(["--site", str(site), "action", "--insight", "k1", "--status", "accepted", *at]) == 1
    assert "nothing was written" in capsys.readouterr().err
    assert not (site / "desk" / "feedback_actions.csv").exists()
