"""What the pages need from the published file, read once for all of them.

Belongs here: running the queries and handing out their rows by page. Does not belong here: words and markup.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from orchestration.report.queries import HISTORY_WEEKS, LINES, QUERIES, SCORECARD, Page, Query

Row = Mapping[str, Any]
Line = tuple[str, str | None]
Columns = Mapping[str, set[str]]


class ReportError(RuntimeError):
    """The pages cannot be made; those made before are as they were."""


@dataclass(frozen=True)
class Content:
    """Rows of each query by line of business, the pages to be made, and what they describe.

    `queries` are those whose marts are published, in the order of the appendix; `as_of` is UTC,
    `as_of_date` the day it is in the site's zone.
    """

    site: str
    as_of: datetime
    as_of_date: date
    run_id: str
    queries: tuple[Query, ...]
    rows: Mapping[str, Mapping[Line, Sequence[Row]]]
    pages: tuple[Page, ...]

    def of(self, query: str, page: Page) -> list[Row]:
        """Return the rows of a query for one page; none if its mart is not published."""
        found = self.rows.get(query, {}).get((page.source_id, page.line_of_business), ())
        span = next((q.span for q in self.queries if q.name == query), "any")
        if span == "week":
            return [row for row in found if row["week_start_date"] == page.week]
        if span == "history":
            first = page.week - timedelta(weeks=HISTORY_WEEKS - 1)
            return [row for row in found if first <= row["week_start_date"] <= page.week]
        return list(found)

    def knows(self, query: str) -> bool:
        """Whether the marts of a query are published."""
        return any(known.name == query for known in self.queries)

    def name(self, page: Page) -> str:
        """Return what people call the line of business."""
        rows = self.of(LINES.name, page)
        named = rows[0]["name"] if rows and rows[0]["name"] else page.line_of_business
        return named or "No line of business"

    def owner(self, page: Page) -> str | None:
        """Return the team that owns the line of business."""
        rows = self.of(LINES.name, page)
        return rows[0]["owner_team"] if rows else None


def read(file: Path, weeks: int, more: Callable[[Columns], Sequence[Query]]) -> Content:
    """Read the pages of the last `weeks` weeks that are over from a published file.

    `more` gives the queries that depend on which columns are published (by mart), shown first. Raises
    `ReportError` if it is no published file, or lacks the scorecard the pages are built around.
    """
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            connection.execute("set timezone = 'UTC'")
            return _read(connection, weeks, more)
    except duckdb.Error as error:
        raise ReportError(f"{file}: {error}") from error


def _read(
    connection: duckdb.DuckDBPyConnection, weeks: int, more: Callable[[Columns], Sequence[Query]]
) -> Content:
    columns: dict[str, set[str]] = {}
    for table, column in connection.execute(
        "select table_name, column_name from duckdb_columns() where schema_name = 'marts'"
    ).fetchall():
        columns.setdefault(table, set()).add(column)
    if not columns.keys() >= {"publication", "dim_date", *SCORECARD.tables}:
        raise ReportError("the published file lacks agg_lob_scorecard_weekly; run the whole graph first")
    [(site, as_of, run_id, today)] = connection.execute(
        """
        select min(site), epoch_us(min(as_of)), min(run_id),
            (select max(calendar_date) from marts.dim_date
                where starts_at <= (select min(as_of) from marts.publication))
        from marts.publication
        """
    ).fetchall()
    instant = _instant(as_of)
    today = today or instant.date()
    over = _weeks_that_are_over(connection)
    known = tuple(query for query in (*more(columns), *QUERIES) if columns.keys() >= set(query.tables))
    if not over:
        return Content(site, instant, today, run_id, known, {}, ())
    first = max(over[0], over[-1] - timedelta(weeks=weeks - 1))
    rows = {query.name: _by_line(connection, query, first, over[-1]) for query in known}
    # What hangs on no line of business has a page only if tickets do: complaints alone make an empty one.
    pages = [
        Page(*line, row["week_start_date"])
        for line, found in rows[SCORECARD.name].items()
        for row in found
        if row["week_start_date"] >= first and (line[1] is not None or row["created_count"])
    ]
    ordered = sorted(pages, key=lambda p: (p.week, p.source_id, p.line_of_business or ""), reverse=True)
    return Content(site, instant, today, run_id, known, rows, tuple(ordered))


def _weeks_that_are_over(connection: duckdb.DuckDBPyConnection) -> list[date]:
    """Mondays of weeks with a scorecard whose last day ended by as_of, in the site's zone."""
    return [
        week
        for (week,) in connection.execute(
            """
            select week_start_date from marts.dim_date
            where week_start_date in (select week_start_date from marts.agg_lob_scorecard_weekly)
            group by week_start_date
            having max(ends_at) <= (select min(as_of) from marts.publication)
            order by week_start_date
            """
        ).fetchall()
    ]


def _by_line(
    connection: duckdb.DuckDBPyConnection, query: Query, first: date, last: date
) -> dict[Line, list[Row]]:
    result = connection.execute(query.for_all(first, last))
    names = [column[0] for column in result.description or ()]
    found: dict[Line, list[Row]] = {}
    for values in result.fetchall():
        row = dict(zip(names, values, strict=True))
        found.setdefault((row["source_id"], row["line_of_business"]), []).append(row)
    return found


def _instant(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds // 1_000_000, UTC)
