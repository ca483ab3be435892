"""Whose ids and names are told by words alone: roles, fields, unknown columns, keys in JSON, headers."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path

import duckdb
import pytest

from ingestion import privacy
from ingestion.load import LoadError
from ingestion.personal_names import is_personal, shown
from tests.ingestion.conftest import EVENTS, KEY, TICKET, TICKETS, Warehouse, csv

_CREATOR = "CREATOR17"
_PERSONAL = [
    "creatorId", "channel_owner", "Requester ID", "account_id", "requester-id", "fullname", "userName",
    "EMail", "emailAddress", "IPAddress", "ip", "phoneNumber", "Phone 2", "first name", "DOB", "customerNo",
    "contact_id", "ACCOUNT ID", "creatorid", "author.handle", "client_id", "requester_email", "ownerId",
]  # fmt: skip
_OTHERS = [
    "colour", "hobby", "contact_reason", "account_tier", "owner_team", "app_version", "zip_count", "surface",
    "description", "shipping", "tip", "sip", "telemetry", "latest", "platform", "ticket_form", "usage",
]  # fmt: skip


def _hashed(text: str) -> str:
    return hmac.new(KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def _fails(warehouse: Warehouse) -> str:
    with pytest.raises(LoadError) as caught:
        warehouse.load()
    return str(caught.value)


def test_names_that_speak_of_people() -> None:
    with duckdb.connect() as connection:
        privacy.register(connection, KEY.encode())
        for name in (*_PERSONAL, *_OTHERS):
            said = connection.execute("SELECT is_personal_name(?)", [name]).fetchone()
            assert said == (is_personal(name),) == (name in _PERSONAL,), name


@pytest.mark.parametrize("role", ["", "requester", "vendor"])
def test_an_actor_is_a_creator_unless_the_role_says_staff(warehouse: Warehouse, role: str) -> None:
    warehouse.site["codes"] = {"actor_role": ["vendor"]}
    event = "{},t1,2026-01-05T08:30:00Z,message,{},{}"
    rows = [
        event.format("e1", role, _CREATOR),
        event.format("e2", "agent", "a1"),
        event.format("e3", "bot", "b1"),
    ]
    warehouse.write({"ticket_events.csv": csv(f"{EVENTS},actor_role,actor_id", *rows)}).load()
    found = warehouse.query("SELECT actor_id FROM raw.canonical__ticket_events ORDER BY event_id")
    assert found == [(_hashed(_CREATOR),), ("a1",), ("b1",)]


def test_an_actor_without_a_column_of_roles_is_a_creator(warehouse: Warehouse) -> None:
    row = f"e1,t1,2026-01-05T08:30:00Z,message,{_CREATOR}"
    warehouse.write({"ticket_events.csv": csv(f"{EVENTS},actor_id", row)}).load()
    assert warehouse.value("SELECT actor_id FROM raw.canonical__ticket_events") == _hashed(_CREATOR)


def test_a_role_declared_as_staff_keeps_its_ids_also_when_a_ticket_is_erased(warehouse: Warehouse) -> None:
    warehouse.site["sources"][0]["staff_roles"] = ["vendor"]
    rows = [
        "e1,t1,2026-01-05T08:30:00Z,message,vendor,v1,",
        f"e2,t1,2026-01-05T08:31:00Z,message,,{_CREATOR},",
        "e3,t1,2026-01-05T08:32:00Z,message,agent,a1,",
    ]
    header = f"{EVENTS},actor_role,actor_id,reference"
    warehouse.write({"ticket_events.csv": csv(header, *rows)}).load()
    found = "SELECT actor_id FROM raw.canonical__ticket_events WHERE event_id < 'e9' ORDER BY event_id"
    assert warehouse.query(found) == [("v1",), (_hashed(_CREATOR),), ("a1",)]
    erase = "e9,t1,2026-02-01T00:00:00Z,delete,system,,hard"
    warehouse.write({"ticket_events_2.csv": csv(header, erase)}).load()
    assert warehouse.query(found) == [("v1",), (None,), ("a1",)]


def test_a_field_that_names_a_person_holds_pseudonyms(warehouse: Warehouse) -> None:
    fields = ("requester_id", "creator_id", "Requester", "authorId", "status", "mood")
    rows = [
        f"e{n},t1,2026-01-05T08:30:00Z,field_change,{field},{_CREATOR},x" for n, field in enumerate(fields)
    ]
    warehouse.write({"ticket_events.csv": csv(f"{EVENTS},field,old_value,new_value", *rows)}).load()
    found = warehouse.query("SELECT old_value FROM raw.canonical__ticket_events ORDER BY event_id")
    # What a status or a field of no known kind holds is a word of the source's configuration, or free text.
    assert [value for (value,) in found] == [_hashed(_CREATOR)] * 4 + [_CREATOR] * 2


def test_unknown_columns_that_speak_of_people_are_withheld(warehouse: Warehouse) -> None:
    header = ",".join([TICKETS, *_PERSONAL, "colour", "jane@x.test"])
    row = ",".join([TICKET, *[f"secret{n}" for n in range(len(_PERSONAL))], "red", "blue"])
    result = warehouse.write({"tickets.csv": csv(header, row)}).load()
    extra = json.loads(warehouse.value("SELECT extra FROM raw.canonical__tickets"))
    assert extra == {**dict.fromkeys(_PERSONAL, "[personal]"), "colour": "red", "[column 30]": "blue"}
    assert "secret" not in warehouse.everything() and "jane" not in warehouse.everything()
    assert "jane" not in str(result.unknown_columns)


def test_keys_inside_json_are_looked_at_however_deep(warehouse: Warehouse) -> None:
    good = dict(zip(TICKETS.split(","), TICKET.split(","), strict=True))
    more = {
        "meta": {"requester_id": "secret1", "colour": "red"},
        "list": [{"deep": {"userName": "secret2"}}],
        "text": json.dumps({"a": json.dumps({"phoneNumber": "secret3"})}),
        "fine": {"colour": "red"},
        "accountId": "secret4",
        "+49 170 1234567": "x",
    }
    warehouse.write({"tickets.jsonl": json.dumps({**good, **more})})
    inside = json.dumps(more["meta"]).replace('"', '""')
    warehouse.write({"tickets_2.csv": csv(f"{TICKETS},meta", f'{TICKET.replace("t1", "t2")},"{inside}"')})
    result = warehouse.load()
    ((json_line,), (cell,)) = warehouse.query("SELECT extra FROM raw.canonical__tickets ORDER BY ticket_id")
    assert json.loads(json_line) == {
        "meta": "[personal]", "list": "[personal]", "text": "[personal]", "accountId": "[personal]",
        "fine": '{"colour":"red"}', "[column 1]": "x",
    }  # fmt: skip
    assert json.loads(cell) == {"meta": "[personal]"}
    assert "secret" not in warehouse.everything() and "1234567" not in str(result.unknown_columns)


def test_columns_inside_columns_of_a_parquet_are_looked_at(warehouse: Warehouse) -> None:
    file: Path = warehouse.write({}).root / "s" / "tickets.parquet"
    file.parent.mkdir()
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT 't1' AS ticket_id, '2026-01-05' AS created_at, '2026-01-06' AS updated_at,"
            " 'email' AS channel, 'open' AS status, {'userName': 'secret'} AS meta,"
            " MAP {'creatorId': 'secret'} AS map, [{'ip': 'secret'}] AS list, {'colour': 'red'} AS fine)"
            f" TO '{file}' (FORMAT parquet)"
        )
    warehouse.load()
    extra = json.loads(warehouse.value("SELECT extra FROM raw.canonical__tickets"))
    assert extra.pop("fine") == '{"colour":"red"}'
    assert extra == dict.fromkeys(("meta", "map", "list"), "[personal]")


_FIRST = f"1,2026-03-02T09:00:00Z,2026-03-02T15:00:00Z,email,open,{_CREATOR},Jane Doe,@jane,+49 170 1234567"
_FIRST += ",j@x.test"


def test_a_file_without_a_header_does_not_show_its_first_row(warehouse: Warehouse) -> None:
    warehouse.write({"tickets.csv": csv(_FIRST, _FIRST)})
    message = _fails(warehouse)
    assert "required columns ticket_id" in message and "no header?" in message
    for secret in (_CREATOR, "Jane", "jane", "1234567", "x.test", "2026"):
        assert secret not in message


def test_a_value_that_stands_twice_in_a_first_row_is_not_shown(warehouse: Warehouse) -> None:
    warehouse.write({"tickets.csv": csv(f"{_FIRST},{_CREATOR}", _FIRST)})
    message = _fails(warehouse)
    assert "column 6 stands twice" in message and "no header?" in message
    assert _CREATOR not in message


def test_other_names_for_columns_are_shown(warehouse: Warehouse) -> None:
    warehouse.write({"tickets.csv": csv("ticket_id,created,changed on,channel,status,jane@x.test", TICKET)})
    message = _fails(warehouse)
    assert "found are ticket_id, channel, status" in message and "x.test" not in message
    warehouse.write({"tickets.csv": csv("ticket_id,created,changed on,channel,status", TICKET)})
    assert "found are ticket_id, channel, status, created, changed on" in _fails(warehouse)


@pytest.mark.parametrize("name", ["", "12", "a@b", "+49 170 123", "x" * 60, "id1234567", "2026-03-02"])
def test_names_that_may_be_values_are_numbered(name: str) -> None:
    assert shown(name, 3) == "[column 3]"
