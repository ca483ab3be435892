"""A built marts file against the reference.

Belongs here: reading marts from DuckDB (read-only), differences and their report, the command line.
Does not belong here: working anything out.

    python -m tests.reference.compare --site DIR --marts FILE [--schema marts] [--processes 2]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from .instants import instant_of, parse_instant, show
from .oracle import KEYS, Row, TicketId, chunks, key_of
from .site_files import SiteData, read_site

ABSOLUTE = 1e-3  # seconds; instants must be equal to the microsecond
EXAMPLES = 3
# A snapshot flag that was not delivered may stay null.
NULL_IS_FALSE = ("is_deleted", "is_spam")


@dataclass
class Report:
    """Differences by (mart, what), each with how often and a few examples."""

    rows: dict[str, int] = field(default_factory=dict)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    examples: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    first_ticket: TicketId | None = None

    def add(self, mart: str, what: str, example: str, ticket: TicketId | None) -> None:
        """Count one difference."""
        self.counts[mart, what] = self.counts.get((mart, what), 0) + 1
        shown = self.examples.setdefault((mart, what), [])
        if len(shown) < EXAMPLES:
            shown.append(example)
        if self.first_ticket is None:
            self.first_ticket = ticket

    def text(self) -> str:
        """The report for people; the most frequent differences of each mart first."""
        lines = [f"{mart}: {count} rows in the reference" for mart, count in self.rows.items()]
        for (mart, what), count in sorted(self.counts.items(), key=lambda c: (c[0][0], -c[1])):
            lines.append(f"{mart}: {what}: {count}")
            lines += [f"    {example}" for example in self.examples[mart, what]]
        lines.append("no differences" if not self.counts else f"{sum(self.counts.values())} differences")
        return "\n".join(lines)


class MartsFile:
    """The marts of a DuckDB file, read-only, in UTC."""

    def __init__(self, file: Path, schema: str) -> None:
        # Attached under a name of its own: the file may be called like the schema.
        self.connection = duckdb.connect()
        self.connection.execute(f"attach '{str(file).replace(chr(39), chr(39) * 2)}' as judged (read_only)")
        self.connection.execute("set TimeZone = 'UTC'")
        self.connection.execute("set threads = 2")
        self.schema = f"judged.{schema}"
        self.selects = {mart: self._select(mart) for mart in KEYS}

    def _select(self, mart: str) -> dict[str, str]:
        """Column -> expression that gives instants as microseconds and numbers as doubles."""
        try:
            described = self.connection.execute(f"describe {self.schema}.{mart}").fetchall()
        except duckdb.CatalogException as error:
            raise SystemExit(f"{self.schema}.{mart} is not in the file: was the build finished?") from error
        found = {}
        for name, kind, *_ in described:
            quoted = f'"{name}"'
            if kind.startswith("TIMESTAMP"):
                quoted = f"epoch_us({quoted})"
            elif kind.startswith("DECIMAL"):
                quoted = f"{quoted}::double"
            found[name] = quoted
        return found

    def as_of(self) -> int | None:
        """The `as_of` of the publication, if the file tells it."""
        try:
            found = self.connection.execute(f"select max(as_of) from {self.schema}.publication").fetchone()
        except duckdb.CatalogException:
            return None
        return instant_of(found[0]) if found and found[0] else None

    def tickets(self, mart: str) -> set[TicketId]:
        """Every ticket that has a row."""
        query = f"select distinct source_id, ticket_id from {self.schema}.{mart}"
        return {(s, t) for s, t in self.connection.execute(query).fetchall()}

    def rows(self, mart: str, tickets: list[TicketId], columns: Iterable[str]) -> list[Row]:
        """The rows of some tickets, with those of the columns that exist."""
        names = [c for c in columns if c in self.selects[mart]]
        query = f"""
            select {", ".join(self.selects[mart][c] for c in names)}
            from {self.schema}.{mart}
            where (source_id, ticket_id) in (
                select unnest(?::varchar[]), unnest(?::varchar[])
            )
        """
        given = [[s for s, _ in tickets], [t for _, t in tickets]]
        found = self.connection.execute(query, given).fetchall()
        return [dict(zip(names, values, strict=True)) for values in found]


def compare(site: SiteData, marts: MartsFile, processes: int = 1) -> Report:
    """Compare every mart the reference knows, ticket chunk by ticket chunk."""
    report = Report()
    known: set[TicketId] = set()
    absent: set[tuple[str, str]] = set()
    for number, (tickets, expected) in enumerate(chunks(site, processes), start=1):
        known |= set(tickets)
        for mart, rows in expected.items():
            report.rows[mart] = report.rows.get(mart, 0) + len(rows)
            wanted = {key_of(mart, row): row for row in rows}
            columns = list(rows[0]) if rows else list(KEYS[mart])
            absent |= {(mart, c) for c in columns if c not in marts.selects[mart]}
            columns += [c for c in KEYS[mart] if c not in columns]
            _compare_rows(report, mart, wanted, marts.rows(mart, tickets, columns))
        if len(known) >= 10_000:
            print(f"{len(known)} tickets compared (chunk {number})", file=sys.stderr)
    for mart, column in sorted(absent):
        report.add(mart, f"column {column} is missing", "", None)
    for mart in KEYS:
        for ticket in sorted(marts.tickets(mart) - known):
            report.add(mart, "rows of tickets that do not exist", str(ticket), None)
    return report


def _compare_rows(report: Report, mart: str, wanted: dict[tuple, Row], found: list[Row]) -> None:
    seen: set[tuple] = set()
    for row in found:
        key = key_of(mart, row)
        ticket = (key[0], key[1])
        if key in seen:
            report.add(mart, "duplicate keys", _key_text(mart, key), ticket)
        elif key not in wanted:
            report.add(mart, "extra rows", f"{_key_text(mart, key)} {_row_text(row)}", ticket)
        else:
            for column, value in wanted[key].items():
                if column in row and not _same(column, row[column], value):
                    shown = f"{_text(column, row[column])}, reference {_text(column, value)}"
                    report.add(mart, f"column {column}", f"{_key_text(mart, key)}: {shown}", ticket)
        seen.add(key)
    for key in wanted.keys() - seen:
        example = f"{_key_text(mart, key)} {_row_text(wanted[key])}"
        report.add(mart, "missing rows", example, (key[0], key[1]))


def _same(column: str, actual: Any, expected: Any) -> bool:
    if actual is None or expected is None:
        return actual is expected or (column in NULL_IS_FALSE and not actual and not expected)
    if isinstance(actual, float) or isinstance(expected, float):
        return abs(actual - expected) <= ABSOLUTE
    return bool(actual == expected)


def _is_instant(column: str) -> bool:
    return column.endswith("_at") or column in ("valid_from", "valid_to")


def _text(column: str, value: Any) -> str:
    return show(value) if _is_instant(column) else repr(value)


def _key_text(mart: str, key: tuple) -> str:
    return " ".join(
        show(value) if _is_instant(column) else str(value)
        for column, value in zip(KEYS[mart], key, strict=True)
    )


def _row_text(row: Row) -> str:
    return ", ".join(f"{c}={_text(c, v)}" for c, v in row.items() if v is not None)


def history(site: SiteData, ticket: TicketId) -> str:
    """A ticket's snapshot and events in order, for the report."""
    source = site.sources[ticket[0]]
    snapshot = source.tickets.get(ticket[1])
    if snapshot is None:
        return f"{ticket} is not in the site"
    lines = [f"ticket {ticket}, as_of {show(site.as_of)}", f"    {snapshot.values}"]
    for e in source.events.get(ticket[1], []):
        change = f"{e.field}: {e.old_value} -> {e.new_value}" if e.field else ""
        visibility = ("public" if e.is_public else "private") if e.event_type == "message" else ""
        parts = (e.event_type, e.actor_role, e.actor_id or "", visibility, change, e.reference or "")
        detail = " ".join(p for p in parts if p)
        lines.append(f"    {show(e.at)} seq {e.sequence_no} {e.event_id}: {detail}")
    return "\n".join(lines)


def main() -> int:
    """Command line; exit code 1 when there are differences."""
    parser = argparse.ArgumentParser(description="Compare built marts with the reference.")
    parser.add_argument("--site", type=Path, required=True, help="site folder (or its site.yml)")
    parser.add_argument("--marts", type=Path, required=True, help="DuckDB file with the marts")
    parser.add_argument("--schema", default="marts")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--as-of", help="ISO 8601; default: the publication's, else the site's")
    parser.add_argument("--ticket", help="SOURCE:TICKET, print its history and nothing else")
    given = parser.parse_args()
    marts = MartsFile(given.marts, given.schema)
    as_of = parse_instant(given.as_of, "UTC") if given.as_of else marts.as_of()
    site = read_site(given.site, as_of)
    if given.ticket:
        source_id, _, ticket_id = given.ticket.partition(":")
        print(history(site, (source_id, ticket_id)))
        return 0
    report = compare(site, marts, given.processes)
    print(report.text())
    if report.first_ticket:
        print(history(site, report.first_ticket))
    return 1 if report.counts else 0


if __name__ == "__main__":
    sys.exit(main())
