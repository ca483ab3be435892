"""The page: failures first, in plain words, complete in one file."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

from expectations import page

_WHEN = datetime(2026, 7, 1, 8, 30, tzinfo=UTC)


def _row(check: str, **changes: Any) -> dict[str, Any]:
    return {
        "run_id": "r1",
        "stage": "raw",
        "table": "raw.canonical__tickets",
        "check": check,
        "outcome": "passed",
        "severity": "blocking",
        "observed": "0 rows",
        "unexpected_count": 0,
        "sample": "[]",
        "checked_at": _WHEN,
        "seconds": 0.012,
        "description": f"Claim of {check}.",
        "what_to_do": "Ask `ingestion`.",
        "expectation": "UnexpectedRowsExpectation",
        "site": "demo",
        "as_of": _WHEN,
        **changes,
    }


class _Balance(HTMLParser):
    """Checks that elements are closed in order, and collects addresses the page would fetch."""

    void = ("meta", "br")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fetched += [value or "" for name, value in attrs if name in ("src", "href", "action")]
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_failures_come_before_warnings_and_passed_checks() -> None:
    rows = [
        _row("fine"),
        _row("doubtful", outcome="failed", severity="warning", observed="3 rows"),
        _row("wrong", outcome="failed", observed="2 rows", sample='[{"ticket_id": "T1", "at": null}]'),
        _row("unseen", outcome="errored", observed="no such column"),
    ]
    html = page.render(rows)
    places = [html.index(f"Claim of {check}.") for check in ("wrong", "unseen", "doubtful", "fine")]
    assert places == sorted(places)
    assert "<title>demo: 2 checks block publishing</title>" in html
    assert "1 passed, 1 failed, 1 could not be checked, 1 warning" in html
    assert "<td>T1</td>" in html
    assert "Ask <code>ingestion</code>." in html
    assert 'aria-label="1 passed, 1 warning, 1 errored, 1 failed"' in html


def test_the_page_is_one_well_formed_file_that_fetches_nothing() -> None:
    html = page.render([_row("fine"), _row("wrong", outcome="failed", sample='[{"a": 1}]')])
    parser = _Balance()
    parser.feed(html)
    assert parser.open == []
    assert parser.fetched == []
    assert "<script" not in html
    assert "url(" not in html
    assert "@import" not in html


def test_data_cannot_write_into_the_page() -> None:
    html = page.render([_row("wrong", outcome="failed", sample='[{"<i>": "<script>alert(1)</script>"}]')])
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_checks_of_a_missing_table_are_told_once() -> None:
    reason = {"outcome": "errored", "observed": "the warehouse has no table raw.canonical__tickets"}
    html = page.render([_row("one", **reason), _row("two", **reason), _row("three", **reason)])
    assert html.count("found: the warehouse has no table") == 1
    assert "3 checks of this table." in html
    assert "3 checks block publishing" in html


def test_a_stage_of_an_earlier_run_says_so() -> None:
    marts = {
        "stage": "marts",
        "table": "marts.fct_tickets",
        "run_id": "r0",
        "checked_at": datetime(2026, 6, 30, tzinfo=UTC),
    }
    html = page.render([_row("fine"), _row("old", **marts)])
    assert html.count("in an earlier run") == 1
    assert "All 2 checks passed" in html


def test_nothing_checked_yet_is_a_page_too() -> None:
    assert "Nothing has been checked yet" in page.render([])


def test_instants_and_numbers_are_shown_shortly() -> None:
    sample = '[{"at": "2026-07-01T08:00:00+00:00", "seconds": 900.0, "share": 0.25}]'
    html = page.render([_row("wrong", outcome="failed", sample=sample)])
    assert "<td>2026-07-01 08:00:00</td><td>900</td><td>0.25</td>" in html
