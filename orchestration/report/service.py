"""SLA, CSAT, appeals and backlog over the weeks before: four charts and a table.

Belongs here: which series are drawn and which numbers stand in the table. Does not belong here: drawing
(`charts`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from orchestration.report import charts
from orchestration.report.content import Content, Row
from orchestration.report.markup import Safe, tag
from orchestration.report.numbers import FEW, Share, business_time, count, duration, percent, some
from orchestration.report.queries import SCORECARD, Page
from orchestration.report.shares import (
    cell,
    csat,
    first_reply,
    of,
    overturns,
    share,
    sla,
    table,
    with_interval,
)

_WEEKS_IN_TABLE = 5
_NOTE = (
    f"Blue band: 95 % interval. Hollow points: fewer than {FEW} cases, not to be compared. The latest weeks"
    " still change: answers, reopens and verdicts come in later."
)

Written = tuple[str, str | None] | None


def service(content: Content, page: Page) -> Safe:
    """Return the section."""
    history = content.of(SCORECARD.name, page)
    return tag(
        "section",
        tag("h2", "The service, week by week"),
        tag("p", _NOTE, class_="quiet"),
        tag(
            "div",
            _rates("SLA targets met", history, sla),
            _rates("CSAT: satisfied of those who answered", history, csat),
            _rates("Appeals overturned, of those decided", history, overturns),
            _counts("Tickets open at the end of the week", history, "open_count"),
            class_="charts",
        ),
        _table(history),
    )


def _rates(title: str, history: Sequence[Row], value: Callable[[Row], Share | None]) -> Safe:
    found = [(row["week_start_date"], value(row)) for row in history]
    points = [
        charts.Point(week, one.rate, one.lower, one.upper, one.cases)
        for week, one in found
        if one is not None
    ]
    return _figure(title, history, points, percent, top=1)


def _counts(title: str, history: Sequence[Row], column: str) -> Safe:
    points = [charts.Point(row["week_start_date"], row[column]) for row in history if row[column] is not None]
    return _figure(title, history, points, count)


def _figure(
    title: str,
    history: Sequence[Row],
    points: Sequence[charts.Point],
    write: Callable[[float], str],
    top: float | None = None,
) -> Safe:
    if not points:
        return tag("figure", tag("figcaption", title), tag("p", "No case in these weeks.", class_="quiet"))
    last = points[-1]
    label = (
        f"{title}: {write(last.value)} in the week of {last.week:%-d %B}, {some(len(points), 'week')} drawn."
    )
    weeks = (history[0]["week_start_date"], history[-1]["week_start_date"])
    return tag("figure", tag("figcaption", of(title)), charts.line(points, weeks, label, write, top))


_ROWS: tuple[tuple[str, Callable[[Row], Written]], ...] = (
    ("New tickets", lambda row: (count(row["created_count"]), None)),
    ("Solves", lambda row: (count(row["solved_count"]), None)),
    ("Open at the end", lambda row: (count(row["open_count"]), None)),
    ("SLA targets met", lambda row: with_interval(sla(row))),
    ("First replies in time", lambda row: with_interval(first_reply(row))),
    ("Median to first reply (calendar)", lambda row: _time(row, "first_reply", "first_reply_count")),
    ("Median to resolution (calendar)", lambda row: _time(row, "resolution", "resolved_count")),
    (
        "Solved at first contact",
        lambda row: with_interval(share(row, "first_contact_resolution", row["first_solved_count"])),
    ),
    ("Reopened after a solve", lambda row: with_interval(share(row, "reopened", row["solved_count"]))),
    ("CSAT", lambda row: with_interval(csat(row))),
    ("Surveys answered", lambda row: _responses(row)),
    ("Quality score", lambda row: _quality(row)),
    ("Appeals overturned", lambda row: with_interval(overturns(row))),
)


def _time(row: Row, name: str, cases: str) -> Written:
    calendar, business = row[f"{name}_seconds_calendar_p50"], row[f"{name}_seconds_business_p50"]
    if calendar is None:
        return None
    beside = "" if business is None else f"{business_time(business)}, "
    return duration(calendar), f"{beside}of {count(row[cases])}"


def _responses(row: Row) -> Written:
    rate = row["response_rate"]
    return None if rate is None else (percent(rate), f"of {count(row['survey_count'])}")


def _quality(row: Row) -> Written:
    score, lower, upper = row["quality_score"], row["quality_score_lower"], row["quality_score_upper"]
    if score is None:
        return None
    reach = "" if lower is None else f"{100 * lower:.0f}\N{EN DASH}{100 * upper:.0f}, "
    return f"{100 * score:.0f} of 100", f"{reach}{some(row['review_count'], 'review')}"


def _table(history: Sequence[Row]) -> Safe:
    shown = list(reversed(history[-_WEEKS_IN_TABLE:]))
    rows = []
    for title, write in _ROWS:
        values = [None if row["is_suppressed"] else write(row) for row in shown]
        if any(values):
            cells = (cell(of(value[0]), value[1]) if value else cell(None) for value in values)
            rows.append(tag("tr", tag("th", title, scope="row"), *cells))
    head = ("", *(f"{row['week_start_date']:%-d %b}" for row in shown))
    caption = "By week, newest first; under each number its 95 % interval and how many cases it is of"
    return table(caption, head, rows, "Numbers of the last weeks", "weeks")
