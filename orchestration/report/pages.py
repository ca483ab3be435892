"""A page and the index of all pages.

Belongs here: the frame - heading, order of sections, links between pages, queries. Does not belong here: the
sections' content, and writing files (`write`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from orchestration.report.contacts import languages, quotes, reasons
from orchestration.report.content import Content
from orchestration.report.insights import (
    INSIGHTS,
    insights,
    insights_sentence,
    is_late,
    title,
    waiting_anywhere,
)
from orchestration.report.markup import Part, Safe, document, join, tag
from orchestration.report.numbers import count, week_name
from orchestration.report.queries import SCORECARD, Page
from orchestration.report.service import service
from orchestration.report.shares import cell, csat, sla, table, with_interval
from orchestration.report.summary import summary
from orchestration.report.voice import voice

INDEX = "index.html"
_MOST_WAITING = 12


@cache
def _style() -> str:
    return Path(__file__).resolve().with_name("report.css").read_text(encoding="utf-8")


def file_name(page: Page) -> str:
    """Return the name of a page's file; names that only differ in odd signs stay apart by a hash."""
    name = f"{page.source_id}-{page.line_of_business or 'none'}"
    plain = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-")[:60]
    if plain != name or page.line_of_business in (None, "none"):
        plain += "-" + hashlib.sha256(repr((page.source_id, page.line_of_business)).encode()).hexdigest()[:6]
    return f"{plain}-{page.week}.html"


def render(content: Content, page: Page) -> str:
    """Return one page."""
    title = f"{content.name(page)}, {week_name(page.week)}"
    blanked = content.of(SCORECARD.name, page)[-1]["is_suppressed"]
    body: list[Part] = [
        tag("p", tag("a", "All lines of business", href=INDEX), _neighbours(content, page), class_="path"),
        _heading(content, page),
        tag("main", *(_blanked(content, page) if blanked else _sections(content, page))),
        _footer(content),
    ]
    return document(f"{title} - insight report", _style(), *body)


def _sections(content: Content, page: Page) -> Sequence[Part]:
    return (
        summary(content, page, insights_sentence(content, page)),
        insights(content, page),
        reasons(content, page),
        service(content, page),
        languages(content, page),
        quotes(content, page),
        voice(content, page),
        _appendix(content, page),
    )


def _blanked(content: Content, page: Page) -> Sequence[Part]:
    text = "The numbers of this week are not shown: few cases of minors are among them."
    return (tag("p", text), _appendix(content, page))


def _appendix(content: Content, page: Page) -> Safe:
    """Return the query behind each number, as it can be run on the published file."""
    return tag(
        "section",
        tag("h2", "Where the numbers come from"),
        tag(
            "p",
            "Each number links here. The queries run on the published file, for instance with ",
            tag("code", "duckdb -readonly creator_support.duckdb"),
            ".",
            class_="quiet",
        ),
        *(
            tag(
                "details",
                tag("summary", query.title),
                tag("pre", query.for_page(page), id=f"query-{query.name}", tabindex="0"),
            )
            for query in content.queries
        ),
        class_="appendix",
    )


def _heading(content: Content, page: Page) -> Safe:
    owner = content.owner(page)
    about = [f"Week {page.week.isocalendar().week}, {week_name(page.week)}"]
    about += [f"owner: {owner}"] if owner else []
    about += [f"source: {page.source_id}"] if len(_sources(content)) > 1 else []
    return tag(
        "header", tag("h1", content.name(page)), tag("p", " \N{MIDDLE DOT} ".join(about), class_="quiet")
    )


def _neighbours(content: Content, page: Page) -> Part:
    known = set(content.pages)
    links: list[Part] = []
    for weeks, word in ((-1, "week before"), (1, "week after")):
        other = Page(page.source_id, page.line_of_business, page.week + timedelta(weeks=weeks))
        if other in known:
            links += [" \N{MIDDLE DOT} ", tag("a", word, href=file_name(other))]
    return join(*links)


def _footer(content: Content) -> Safe:
    made = f"Site {content.site}, as of {content.as_of:%Y-%m-%d %H:%M} UTC, run {content.run_id}."
    return tag(
        "footer",
        tag("p", made, " Intervals are 95 % intervals: of twenty, one misses the true value."),
        class_="quiet",
    )


def render_index(content: Content) -> str:
    """Return the page that lists all others, the latest week first."""
    weeks: dict[date, list[Page]] = {}
    for page in content.pages:
        weeks.setdefault(page.week, []).append(page)
    body: list[Part] = [
        tag("header", tag("h1", "Insight report"),
            tag("p", f"Site {content.site}, as of {content.as_of:%Y-%m-%d %H:%M} UTC", class_="quiet")),
    ]  # fmt: skip
    if not weeks:
        body.append(tag("p", "No week is over yet, so there is nothing to report."))
    parts = [_week(content, week, pages, number == 0) for number, (week, pages) in enumerate(weeks.items())]
    main = tag("main", _waiting(content), *parts)
    return document(f"Insight report - {content.site}", _style(), *body, main, _footer(content))


def _waiting(content: Content) -> Part:
    """Return the insights that wait for something to be done, of all lines of business."""
    if not content.knows(INSIGHTS.name):
        return None
    heading = tag("h2", "Insights to act on")
    rows = waiting_anywhere(content)
    if not rows:
        return tag("section", heading, tag("p", "None.", class_="quiet"))
    latest = {(page.source_id, page.line_of_business): page for page in reversed(content.pages)}
    shown = []
    for row in rows[:_MOST_WAITING]:
        page = latest.get((row["source_id"], row["line_of_business"]))
        text = title(row)
        late = tag("span", "overdue", class_="late") if is_late(content, row) else None
        due = f"{row['due_on']:%-d %B %Y}" if row["due_on"] else None
        line = _label(content, Page(row["source_id"], row["line_of_business"], content.as_of.date()))
        cells = (cell(line), cell(row["owner_team"]), cell(row["priority"]), cell(due, late))
        link = tag("a", text, href=file_name(page)) if page else text
        shown.append(tag("tr", tag("th", link, scope="row"), *cells))
    rest = len(rows) - len(shown)
    more = tag("p", f"And {count(rest)} more in fct_insights.", class_="quiet") if rest else None
    head = ("What stands out", "Line of business", "Owner", "Priority", "Due")
    return tag("section", heading, table("Most important first", head, shown, "Insights to act on"), more)


def _week(content: Content, week: date, pages: Sequence[Page], is_latest: bool) -> Safe:
    title = tag("h2", f"Week {week.isocalendar().week}, {week_name(week)}")
    ordered = sorted(pages, key=lambda p: (content.name(p), p.source_id))
    if not is_latest:
        links = (tag("li", tag("a", _label(content, page), href=file_name(page))) for page in ordered)
        return tag("section", title, tag("ul", *links, class_="links"))
    head = ("Line of business", "New", "Open", "SLA met", "CSAT")
    caption = "Under each share its 95 % interval and how many cases it is of"
    return tag(
        "section", title, table(caption, head, (_row(content, page) for page in ordered), "Lines of business")
    )


def _row(content: Content, page: Page) -> Safe:
    row = content.of(SCORECARD.name, page)[-1]
    cells = [cell(None)] * 4
    if not row["is_suppressed"]:
        shares = (with_interval(sla(row)), with_interval(csat(row)))
        cells = [
            cell(count(row["created_count"])),
            cell(count(row["open_count"])),
            *(cell(*found) if found else cell(None) for found in shares),
        ]
    link = tag("a", _label(content, page), href=file_name(page))
    return tag("tr", tag("th", link, scope="row"), *cells)


def _label(content: Content, page: Page) -> str:
    return content.name(page) + (f" ({page.source_id})" if len(_sources(content)) > 1 else "")


def _sources(content: Content) -> set[str]:
    return {page.source_id for page in content.pages}
