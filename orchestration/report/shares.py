"""What several sections need of a scorecard's row, and numbers that link to their query.

Belongs here: reading shares out of a row, cells of tables. Does not belong here: sections.
"""

from __future__ import annotations

from collections.abc import Iterable

from orchestration.report.content import Row
from orchestration.report.markup import Part, Safe, tag
from orchestration.report.numbers import Share, count, interval, percent
from orchestration.report.queries import SCORECARD


def number(text: str, query: str) -> Safe:
    """Return a number that links to its query."""
    return tag("a", text, href=f"#query-{query}", class_="number")


def of(text: str) -> Safe:
    """Return a number of the scorecard."""
    return number(text, SCORECARD.name)


def share(row: Row, name: str, cases: int | None) -> Share | None:
    """Return a share of the scorecard with its interval; None without a case, or in a blanked row."""
    rate = row[f"{name}_rate"]
    return (
        None
        if rate is None
        else Share(rate, row[f"{name}_lower_rate"], row[f"{name}_upper_rate"], cases or 0)
    )


def sla(row: Row) -> Share | None:
    """Return the SLA attainment of a week."""
    return share(row, "sla_attainment", (row["sla_met_count"] or 0) + (row["sla_breached_count"] or 0))


def first_reply(row: Row) -> Share | None:
    """Return the attainment of the first-reply targets of a week."""
    cases = (row["first_reply_met_count"] or 0) + (row["first_reply_breached_count"] or 0)
    return share(row, "first_reply_attainment", cases)


def csat(row: Row) -> Share | None:
    """Return the CSAT of a week."""
    return share(row, "csat", row["answered_count"])


def overturns(row: Row) -> Share | None:
    """Return the share of overturned complaints of a week."""
    return share(row, "appeal_overturned", row["appeal_decided_count"])


def with_interval(found: Share | None) -> tuple[str, str] | None:
    """Return a share's text and the small print under it."""
    return None if found is None else (percent(found.rate), f"{interval(found)}, of {count(found.cases)}")


def table(
    caption: str, head: Iterable[str], rows: Iterable[Safe], label: str, look: str | None = None
) -> Safe:
    """Return a table that scrolls by itself where it is too wide for the screen; `look` is a class of it."""
    return tag(
        "div",
        tag(
            "table",
            tag("caption", caption),
            tag("thead", tag("tr", *(tag("th", text, scope="col") for text in head))),
            tag("tbody", *rows),
            class_=look,
        ),
        class_="scroll",
        tabindex="0",
        role="region",
        aria_label=label,
    )


def cell(value: Part, small: Part = None) -> Safe:
    """Return a table's cell: a value, and small print under it."""
    return tag("td", value or "\N{EN DASH}", tag("small", small) if small else None)


def words(code: str | None) -> str:
    """Return a code as one would say it."""
    return "(none given)" if code is None else code.replace("_", " ")
