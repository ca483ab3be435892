"""What creators wrote in about, in which languages they were served how well, and some of their words.

Belongs here: wording rows of reasons, language parity and surveys. Does not belong here: the scorecard
(`service`), and which change of a reason is more than chance (`insights`).
"""

from __future__ import annotations

from collections.abc import Callable

from orchestration.report.content import Content, Row
from orchestration.report.markup import Safe, tag
from orchestration.report.numbers import FEW, count, duration, some
from orchestration.report.queries import LANGUAGES, QUOTES, REASONS, Page
from orchestration.report.shares import cell, number, share, table, with_interval, words

_MOST_REASONS = 8
_MOST_QUOTES = 3


def reasons(content: Content, page: Page) -> Safe:
    """Return what creators wrote in about, against the weeks before."""
    title = tag("h2", "What creators wrote in about")
    rows = content.of(REASONS.name, page)
    if not rows:
        known = content.knows(REASONS.name)
        text = "Nobody wrote in this week." if known else "The published file holds no contact reasons."
        return tag("section", title, tag("p", text, class_="quiet"))
    weeks = max(row["week_before_count"] for row in rows)
    caption = f"Contacts of the week by reason, and their mean in the {some(weeks, 'week')} before"
    head = ("Reason", "Contacts", "Before", "CSAT")
    highest = rows[0]["contact_count"]
    table_of = table(
        caption, head, (_reason(row, highest) for row in rows[:_MOST_REASONS]), "Contact reasons"
    )
    rest = len(rows) - _MOST_REASONS
    more = tag("p", f"And {some(rest, 'reason')} with fewer contacts.", class_="quiet") if rest > 0 else None
    return tag("section", title, table_of, more)


def _reason(row: Row, highest: int) -> Safe:
    before = row["contact_mean_before"]
    wide = f"width:{100 * row['contact_count'] / highest:.0f}%"
    satisfied = with_interval(share(row, "csat", row["answered_count"]))
    return tag(
        "tr",
        tag("th", words(row["contact_reason"]), scope="row"),
        tag("td", number(count(row["contact_count"]), REASONS.name), tag("i", style=wide, class_="bar")),
        cell(None if before is None else number(f"{before:.1f}", REASONS.name)),
        cell(number(satisfied[0], REASONS.name), satisfied[1]) if satisfied else cell(None),
    )


def quotes(content: Content, page: Page) -> Safe | None:
    """Return a few remarks of dissatisfied creators: redacted at the door, none of minors."""
    rows = content.of(QUOTES.name, page)
    seen = dict.fromkeys((row["comment"].strip(), row["language"], row["contact_reason"]) for row in rows)
    if not seen:
        return None
    return tag(
        "section",
        tag("h2", "In creators\N{RIGHT SINGLE QUOTATION MARK} words"),
        tag(
            "p",
            "The latest remarks of ",
            number("dissatisfied creators", QUOTES.name),
            " this week: personal data replaced, none of minors. Examples, not a count.",
            class_="quiet",
        ),
        *(
            tag("blockquote", tag("p", text, lang=language, dir="auto"), tag("footer", words(reason)))
            for text, language, reason in list(seen)[:_MOST_QUOTES]
        ),
    )


def languages(content: Content, page: Page) -> Safe:
    """Return the languages that are served better or worse than the reference language."""
    title = tag("h2", "Are all languages served alike?")
    rows = content.of(LANGUAGES.name, page)
    compared = [
        row
        for row in rows
        if any(row[f"{name}_gap"] is not None for name in ("sla_attainment", "first_reply", "csat"))
    ]
    if not compared:
        text = f"No language besides the reference has the {FEW} cases this week that a comparison needs."
        return tag("section", title, tag("p", text, class_="quiet"))
    reference = compared[0]["reference_language"]
    caption = f"Differences to {reference}; bold: more than chance explains"
    head = ("Language", "SLA met, points", "Median to first reply (calendar)", "CSAT, points")
    return tag("section", title, table(caption, head, (_language(row) for row in compared), "Languages"))


def _language(row: Row) -> Safe:
    return tag(
        "tr",
        tag("th", row["language"], scope="row"),
        _gap(row, "sla_attainment", _signed_points),
        _gap(row, "first_reply", _signed_duration),
        _gap(row, "csat", _signed_points),
    )


def _gap(row: Row, name: str, write: Callable[[float], str]) -> Safe:
    value, lower, upper = row[f"{name}_gap"], row[f"{name}_gap_lower"], row[f"{name}_gap_upper"]
    if value is None:
        return tag("td", tag("small", "too few cases"))
    text = number(write(value), LANGUAGES.name)
    return cell(tag("strong", text) if lower > 0 or upper < 0 else text, f"{write(lower)} to {write(upper)}")


def _signed_points(value: float) -> str:
    return f"{_sign(value)}{abs(100 * value):.0f}"


def _signed_duration(value: float) -> str:
    return f"{_sign(value)}{duration(abs(value))}"


def _sign(value: float) -> str:
    return "+" if value > 0 else "\N{MINUS SIGN}" if value < 0 else ""
