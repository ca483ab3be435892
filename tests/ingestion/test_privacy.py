"""No personal data past ingestion: pseudonyms, redaction, minors, tickets deleted for good."""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from ingestion import privacy
from ingestion.paths import Paths
from tests.ingestion.conftest import EVENTS, KEY, TICKETS, Warehouse, csv

_SECRET = "the cat sat on the piano"


@pytest.fixture(scope="module")
def macros() -> duckdb.DuckDBPyConnection:
    """A connection that knows the macros."""
    connection = duckdb.connect()
    privacy.register(connection, KEY.encode())
    return connection


@pytest.mark.parametrize("key", [b"k" * 16, b"k" * 64, b"k" * 200])
def test_pseudonyms_are_hmac_sha256(key: bytes) -> None:
    with duckdb.connect() as connection:
        privacy.register(connection, key)
        for text in ("creator-1", "", "ü 漢字", "x" * 500):
            ((found,),) = connection.execute("SELECT pseudonym(?)", [text]).fetchall()
            assert found == hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        assert connection.execute("SELECT pseudonym(NULL)").fetchall() == [(None,)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write to jo.e+x@mail.example.co.uk now", "write to [email] now"),
        ("mail: jürgen@bücher.de.", "mail: [email]."),
        ("see https://a.example/x?mail=me@b.com&y=1 and www.site.example/p", "see [url] and [url]"),
        ("my page is youtube.com/c/me or clips.tv", "my page is [url] or [url]"),
        ("(@handle_1) @two.three, but not 5 @ 3", "([handle]) [handle], but not 5 @ 3"),
        ("call +44 20 7946 0958 or (030) 123-456-78", "call [phone] or [phone]"),
        ("رقمي ٠١٢٣٤٥٦٧٨٩", "رقمي [phone]"),
        ("order 12345, 3 videos, 10:30, v1.2.3", "order 12345, 3 videos, 10:30, v1.2.3"),
        ("call +44\u00a020\u202f7946 0958 or 030\u2011123\u2011456\u201178", "call [phone] or [phone]"),
        ("030–123–456–78, ＋44 (0) 20 7946 0958", "[phone], [phone]"),
        ("@@x and ＠jane_d, x@handle", "[handle] and [handle], [email]"),
        ("@राहुल_शर्मा ok, @jose\u0301_x ok", "[handle] ok, [handle] ok"),
        ("@rah\u200cul ok", "[handle] ok"),
        ("jose\u0301.x@mail.test", "[email]"),
        ("jane.doe＠mail.test or jane.doe@mail", "[email] or [email]"),
        ("राहुल@उदाहरण.भारत", "[email]"),
        ("5 @ 3 – 10–12 people, 2020–2021, 1\u202f234\u202f567", None),
        ("नमस्ते, café – 12 345 678 views", None),
        ("nothing here", "nothing here"),
        (None, None),
    ],
)
def test_redaction(macros: duckdb.DuckDBPyConnection, text: str | None, expected: str | None) -> None:
    unchanged = expected is None
    assert macros.execute("SELECT redact(?)", [text]).fetchall() == [(text if unchanged else expected,)]


def test_a_generated_key_is_kept_and_readable_by_its_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PSEUDONYM_KEY")
    monkeypatch.chdir(tmp_path)
    paths = Paths(tmp_path / "data")
    key = privacy.pseudonym_key(paths)
    assert len(key) >= 32 and privacy.pseudonym_key(paths) == key
    (kept,) = paths.secrets.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    (tmp_path / ".dlt").mkdir()
    (tmp_path / ".dlt" / "secrets.toml").write_text('pseudonym_key = "from the secrets file"')
    assert privacy.pseudonym_key(paths) == b"from the secrets file"
    (tmp_path / ".dlt" / "secrets.toml").write_text('[ingestion]\npseudonym_key = "from a section of it"')
    assert privacy.pseudonym_key(paths) == b"from a section of it"
    (tmp_path / ".dlt" / "secrets.toml").write_text('pseudonym_key = "not closed')
    with pytest.raises(privacy.PseudonymKeyError, match=r"secrets\.toml is not readable as TOML"):
        privacy.pseudonym_key(paths)
    monkeypatch.setenv("PSEUDONYM_KEY", "too short")
    with pytest.raises(privacy.PseudonymKeyError):
        privacy.pseudonym_key(paths)


@pytest.mark.parametrize("content", ["", "\n", "cut off"])
def test_a_damaged_kept_key_is_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    monkeypatch.delenv("PSEUDONYM_KEY")
    monkeypatch.chdir(tmp_path)
    paths = Paths(tmp_path / "data")
    privacy.pseudonym_key(paths)
    (kept,) = paths.secrets.iterdir()
    kept.write_text(content, encoding="ascii")
    with pytest.raises(privacy.PseudonymKeyError, match=f"{kept} is damaged.*restore it"):
        privacy.pseudonym_key(paths)
    assert kept.read_text(encoding="ascii") == content


def test_nothing_personal_is_in_the_warehouse_or_in_dlts_files(warehouse: Warehouse) -> None:
    said = "mail me@home.example"
    warehouse.write(
        {
            "tickets.csv": csv(
                f"{TICKETS},requester_id,subject,tags,requester_email,hobby",
                f"t1,2026-01-05,2026-01-05,email,open,creator-1,{said},{said};vip,you@home.example,{said}",
            ),
            "ticket_events.csv": csv(
                f"{EVENTS},actor_role,actor_id,field,old_value,new_value,body",
                f"e1,t1,2026-01-05,message,requester,creator-1,,,,{said}",
                "e2,t1,2026-01-05,field_change,agent,agent-9,requester_id,creator-1,creator-2,",
                f"e3,t1,2026-01-05,field_change,agent,agent-9,subject,{said},{said},",
                "e4,t1,2026-01-05,field_change,agent,agent-9,status,new,me@home.example,",
            ),
            "decisions.csv": csv(
                "decision_id,decided_at,creator_id,restriction,updated_at",
                "d1,2026-01-05,creator-3,service,2026-01-05",
            ),
            "feedback_actions.csv": csv(
                "action_id,insight_key,occurred_at,status,note", f"f1,k,2026-01-05,raised,{said}"
            ),
        }
    ).load()
    hashed = hmac.new(KEY.encode(), b"creator-1", hashlib.sha256).hexdigest()
    assert warehouse.value("SELECT requester_id FROM raw.canonical__tickets") == hashed
    assert warehouse.value("SELECT tags FROM raw.canonical__tickets") == "mail [email];vip"
    events = warehouse.query(
        "SELECT actor_id, old_value, new_value FROM raw.canonical__ticket_events ORDER BY event_id"
    )
    assert events[0][0] == hashed
    assert events[1][1] == hashed and len(events[1][2]) == 64 and events[1][0] == "agent-9"
    assert events[2][1:] == ("mail [email]", "mail [email]")
    # A status is a word of the source's configuration, whatever it looks like.
    assert events[3][2] == "me@home.example"
    everything = warehouse.everything().replace("'me@home.example'", "")
    for file in warehouse.paths.dlt.rglob("*"):
        if file.is_file():
            everything += file.read_bytes().decode("latin-1")
    for secret in ("creator-1", "creator-2", "creator-3", "you@home", "mail me"):
        assert secret not in everything
    assert not warehouse.paths.scratch.exists()


_MINOR = {
    "tickets_1.csv": csv(
        f"{TICKETS},is_minor,subject,colour", f"t1,2026-01-05,2026-01-05,email,open,true,{_SECRET},{_SECRET}"
    )
}
_GROWN = {
    "tickets_2.csv": csv(
        f"{TICKETS},is_minor,subject", f"t1,2026-01-05,2026-01-06,email,open,false,{_SECRET}"
    )
}
_ABOUT = {
    "ticket_events.csv": csv(
        f"{EVENTS},field,new_value,body",
        f"e1,t1,2026-01-05,message,,,{_SECRET}",
        f"e2,t1,2026-01-05,field_change,description,{_SECRET},",
        "e3,t1,2026-01-05,field_change,status,solved,",
        "e4,t2,2026-01-05,message,,,other text",
    ),
    "csat_responses.csv": csv("survey_id,ticket_id,sent_at,score,comment", f"s1,t1,2026-01-06,4,{_SECRET}"),
    "quality_reviews.csv": csv(
        "review_id,subject_type,subject_id,agent_id,reviewer_id,reviewed_at,rubric_id,rubric_version,purpose,updated_at",
        "r1,ticket,t1,a,b,2026-01-07,r,1,random,2026-01-07",
        "r2,appeal,a1,a,b,2026-01-07,r,1,random,2026-01-07",
        "r3,ticket,t2,a,b,2026-01-07,r,1,random,2026-01-07",
    ),
    "quality_ratings.csv": csv(
        "review_id,category_id,rating,comment", f"r1,c,1,{_SECRET}", f"r2,c,1,{_SECRET}", "r3,c,1,other text"
    ),
    "appeals.csv": csv(
        "appeal_id,about,ticket_id,submitted_at,updated_at,reason",
        f"a1,decision,t1,2026-01-06,2026-01-06,{_SECRET}",
    ),
}


def test_a_minors_text_is_never_kept_whatever_comes_first(make_warehouse: Callable[[str], Warehouse]) -> None:
    dumps = []
    for order in ([_MINOR, _GROWN, _ABOUT], [_ABOUT, _GROWN, _MINOR], [_GROWN, _ABOUT, _MINOR]):
        made = make_warehouse(f"order_{len(dumps)}")
        for files in order:
            made.write(files).load()
        assert _SECRET not in made.everything()
        dumps.append(made.dump())
        assert (
            made.value("SELECT body FROM raw.canonical__ticket_events WHERE event_id = 'e4'") == "other text"
        )
        assert (
            made.value("SELECT comment FROM raw.canonical__quality_ratings WHERE review_id = 'r3'")
            == "other text"
        )
        assert (
            made.value("SELECT new_value FROM raw.canonical__ticket_events WHERE event_id = 'e3'") == "solved"
        )
    assert all(dump == dumps[0] for dump in dumps)


def test_a_ticket_that_becomes_a_minors_later_is_erased_and_changed(
    warehouse: Warehouse,
) -> None:
    adult = csv(f"{TICKETS},subject", f"t1,2026-01-05,2026-01-04,email,open,{_SECRET}")
    warehouse.write({"tickets_0.csv": adult, **_ABOUT}).load()
    assert _SECRET in warehouse.everything()
    number = warehouse.write(_MINOR).load().load_no
    assert _SECRET not in warehouse.everything()
    changed = warehouse.query(
        f"SELECT event_id FROM raw.canonical__ticket_events WHERE load_no = {number} ORDER BY 1"
    )
    assert changed == [("e1",), ("e2",)]
    assert warehouse.value("SELECT score FROM raw.canonical__csat_responses") == 4


def test_a_hard_delete_erases_ids_of_creators_and_text_and_keeps_facts(warehouse: Warehouse) -> None:
    tickets = csv(
        f"{TICKETS},requester_id,assignee_id,subject,priority",
        f"t1,2026-01-05,2026-01-05,email,open,c1,agent-1,{_SECRET},high",
        "t2,2026-01-05,2026-01-05,email,open,c2,agent-1,other text,low",
    )
    header = f"{EVENTS},actor_role,actor_id,reference,body"
    warehouse.write(
        {
            "tickets.csv": tickets,
            "ticket_events.csv": csv(
                header,
                f"e1,t1,2026-01-05,message,requester,c1,,{_SECRET}",
                f"e2,t1,2026-01-05,message,agent,agent-1,,{_SECRET}",
                "e3,t2,2026-01-05,delete,agent,agent-1,,",
            ),
            "csat_responses.csv": csv(
                "survey_id,ticket_id,sent_at,score,comment", f"s1,t1,2026-01-06,4,{_SECRET}"
            ),
        }
    ).load()
    warehouse.write({"ticket_events_2.csv": csv(header, "e9,t1,2026-02-01,delete,system,,hard,")}).load()
    assert _SECRET not in warehouse.everything()
    found = warehouse.query(
        "SELECT ticket_id, requester_id IS NULL, assignee_id, subject, priority FROM raw.canonical__tickets"
        " ORDER BY ticket_id"
    )
    assert found == [("t1", True, "agent-1", None, "high"), ("t2", False, "agent-1", "other text", "low")]
    actors = warehouse.query("SELECT event_id, actor_id FROM raw.canonical__ticket_events ORDER BY 1")
    assert actors == [("e1", None), ("e2", "agent-1"), ("e3", "agent-1"), ("e9", None)]
    # The same export again does not bring anything back.
    warehouse.write({"tickets_again.csv": tickets}).load()
    assert _SECRET not in warehouse.everything()


def test_a_survey_of_another_system_follows_refers_to(warehouse: Warehouse) -> None:
    warehouse.site["sources"].append(
        {
            "name": "surveys",
            "connector": "canonical_files",
            "path": "surveys",
            "refers_to": {"ticket_id": "s"},
        }
    )
    warehouse.write({"csat_responses.csv": _ABOUT["csat_responses.csv"]}, source="surveys")
    warehouse.write(_MINOR).load()
    assert warehouse.value("SELECT comment IS NULL AND score = 4 FROM raw.canonical__csat_responses")


def test_a_minors_ticket_in_quarantine_protects_its_events_too(warehouse: Warehouse) -> None:
    bad = csv(f"{TICKETS},is_minor", "t1,2026-01-05,2026-01-05,pigeon,open,true")
    warehouse.write({"tickets.csv": bad, **_ABOUT}).load()
    assert _SECRET not in warehouse.everything()


def test_a_ticket_whose_is_minor_cannot_be_read_is_taken_for_a_minors(warehouse: Warehouse) -> None:
    rows = [f"{t},2026-01-05,2026-01-05,email,open,{minor}" for t, minor in (("t1", "u18"), ("t2", "no"))]
    warehouse.write({"tickets.csv": csv(f"{TICKETS},is_minor", *rows), **_ABOUT}).load()
    assert _SECRET not in warehouse.everything()
    assert warehouse.query("SELECT line, column_name FROM quarantine.tickets") == [(2, "is_minor")]
    bodies = "SELECT body FROM raw.canonical__ticket_events WHERE ticket_id = 't2'"
    assert warehouse.query(bodies) == [("other text",)]


def test_a_minor_is_told_by_a_number_with_a_point(warehouse: Warehouse) -> None:
    file = warehouse.write(_ABOUT).root / "s" / "tickets.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT 't1' AS ticket_id, '2026-01-05' AS created_at, '2026-01-05' AS updated_at, 'email'"
            f" AS channel, 'open' AS status, 1.0::DOUBLE AS is_minor) TO '{file}' (FORMAT parquet)"
        )
    warehouse.load()
    assert _SECRET not in warehouse.everything()
    assert warehouse.value("SELECT is_minor FROM raw.canonical__tickets") is True


def test_the_key_is_in_no_file_but_the_secret(warehouse: Warehouse) -> None:
    warehouse.write(_MINOR).load()
    for folder, _, files in os.walk(warehouse.paths.data_dir):
        for name in files:
            assert KEY.encode() not in (Path(folder) / name).read_bytes()


def _creators(warehouse: Warehouse) -> set[str]:
    """Pseudonyms of requesters, of tickets that were delivered in two files."""
    return {found for (found,) in warehouse.query("SELECT requester_id FROM raw.canonical__tickets")}


def _two_files(warehouse: Warehouse) -> Warehouse:
    header = f"{TICKETS},requester_id"
    row = "{},2026-01-05T08:00:00Z,2026-01-05T09:00:00Z,email,open,ada"
    files = {f"tickets_{n}.csv": csv(header, row.format(f"t{n}")) for n in (1, 2)}
    return warehouse.write({**files, "groups.csv": csv("group_id,name", "g1,North")})


def _hmac(key: str) -> str:
    return hmac.new(key.encode(), b"ada", hashlib.sha256).hexdigest()


def test_another_key_renames_every_creator_while_all_files_are_there(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    _two_files(warehouse).load()
    assert _creators(warehouse) == {_hmac(KEY)}
    (warehouse.root / "s" / "groups.csv").unlink()  # holds no creator
    monkeypatch.setenv("PSEUDONYM_KEY", other := "quite another key")
    warehouse.load()
    assert _creators(warehouse) == {_hmac(other)}


def test_another_key_is_refused_once_a_loaded_file_is_gone(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    _two_files(warehouse).load()
    (warehouse.root / "s" / "tickets_1.csv").unlink()
    warehouse.load()  # the ledger has forgotten it, the rows are still there
    before = warehouse.dump(with_load_no=True)
    monkeypatch.setenv("PSEUDONYM_KEY", "quite another key")
    with pytest.raises(privacy.PseudonymKeyError, match=r"rows of s tickets_1\.csv can't be read again"):
        warehouse.load()
    assert warehouse.dump(with_load_no=True) == before
    monkeypatch.setenv("PSEUDONYM_KEY", KEY)
    assert warehouse.load().load_no is None
