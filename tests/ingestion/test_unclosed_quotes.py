"""An unclosed quote makes text of the rows after it: the load stops, since nobody could count them."""

from __future__ import annotations

import gzip

import pytest

from ingestion.load import LoadError
from tests.ingestion.conftest import TICKETS, Warehouse, csv

_HEADER = f"{TICKETS},subject"


def _row(number: int, subject: str = "hi") -> str:
    return f"t{number},2026-01-05T08:00:00Z,2026-01-05T09:00:00Z,email,open,{subject}"


def _rows(subjects: dict[int, str], count: int = 500) -> str:
    return csv(_HEADER, *[_row(n, subjects.get(n, "hi")) for n in range(count)])


def _fails(warehouse: Warehouse) -> str:
    with pytest.raises(LoadError) as caught:
        warehouse.load()
    assert warehouse.value("SELECT count(*) FROM raw.canonical__tickets") == 0
    return str(caught.value)


@pytest.mark.parametrize(
    "subjects",
    [
        {300: '"unclosed'},
        {300: '"unclosed', 400: '"closed"'},
        {300: '"unclosed', 400: '"unclosed'},
        {300: '"unclosed', 400: 'tall 6"'},
        {300: '"unclosed', 301: 'tall 6"'},
        {300: '"unclosed', 400: 'tall 6",more'},
        {300: '"unclosed', 301: 'tall 6",more'},
        {300: '"two\nlines, and "more"\n"'},
        {300: '"' + "long " * 3000 + "\nunclosed"},
    ],
)
@pytest.mark.parametrize("zipped", [False, True])
def test_an_unclosed_quote_is_told_with_its_line(
    warehouse: Warehouse, subjects: dict[int, str], zipped: bool
) -> None:
    text = _rows(subjects).encode()
    warehouse.write({"tickets.csv.gz": gzip.compress(text)} if zipped else {"tickets.csv": text})
    message = _fails(warehouse)
    assert "source s, file tickets.csv" in message
    assert "line 302, column subject: a quote opens there" in message


def test_an_unclosed_quote_behind_texts_of_several_lines_and_a_mark_of_utf8(warehouse: Warehouse) -> None:
    text = "\ufeff" + _rows({10: '"two\r\nlines"', 20: '"and\n\nthree"', 300: '"unclosed'})
    warehouse.write({"tickets.csv": text})
    assert "line 305, column subject" in _fails(warehouse)


def test_a_file_cut_off_inside_a_text_is_told(warehouse: Warehouse) -> None:
    warehouse.write({"tickets.csv": _rows({499: '"cut o'})[:-1]})
    assert "line 501, column subject" in _fails(warehouse)


def test_a_quote_inside_a_text_takes_its_own_row_only(warehouse: Warehouse) -> None:
    text = _rows({10: '"two\nlines"', 300: '"say "hi" to me"', 310: '"6" tall"', 320: 'a 6" one'})
    warehouse.write({"tickets.csv": text})
    (report,) = warehouse.load().files
    assert (report.read, report.loaded, report.quarantined) == (500, 498, 2)


def test_ragged_rows_and_texts_of_several_lines_stay_rows(warehouse: Warehouse) -> None:
    chat = '"10:00, Bob: hi\n2026-01-05, 10:01, Ann: you\n\nlast, of, all, lines, with, commas"'
    text = _rows({10: chat, 20: '"many\nlines",more,fields', 30: chat}) + "\n\n" + _row(900) + "\n"
    warehouse.write({"tickets.csv": text})
    (report,) = warehouse.load().files
    assert (report.read, report.loaded, report.quarantined) == (501, 500, 1)
    assert warehouse.value("SELECT line FROM quarantine.tickets") == 25
