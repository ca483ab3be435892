"""The few sentences that are enough for most weeks.

Belongs here: wording the week's scorecard. Does not belong here: charts and tables, insights (`insights`).
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestration.report.content import Content, Row
from orchestration.report.markup import Part, Safe, join, tag
from orchestration.report.numbers import change, count, interval, percent, points, some, standing
from orchestration.report.queries import LANGUAGES, SCORECARD, Page
from orchestration.report.shares import csat, number, of, overturns, sla

_WEEKS_BEFORE = 8


def summary(content: Content, page: Page, insights: Part) -> Safe:
    """Return the summary; `insights` is the sentence about them, which comes first."""
    history = content.of(SCORECARD.name, page)
    now = history[-1]
    before = history[-2] if len(history) > 1 else None
    sentences = (
        insights,
        _volume(history),
        _sla(now, before),
        _csat(now, before),
        _open(now, before),
        _appeals(now),
        _languages(content, page),
    )
    return tag(
        "section",
        tag("h2", "In short"),
        tag("ul", *(tag("li", sentence) for sentence in sentences if sentence), class_="short"),
        class_="summary",
    )


def _volume(history: Sequence[Row]) -> Part:
    now = history[-1]["created_count"]
    earlier = [row["created_count"] for row in history[-1 - _WEEKS_BEFORE : -1] if not row["is_suppressed"]]
    return join(tag("strong", of(some(now, "new ticket"))), f": {standing(now, earlier)}.")


def _sla(now: Row, before: Row | None) -> Part:
    found = sla(now)
    if found is None:
        return "SLA: no target was due this week."
    return join(
        tag("strong", of(percent(found.rate)), " of SLA targets met"),
        f" ({interval(found)}, of {count(found.cases)}): {change(found, sla(before) if before else None)}.",
    )


def _csat(now: Row, before: Row | None) -> Part:
    found = csat(now)
    if found is None:
        return join("CSAT: ", of(some(now["survey_count"], "survey")), " sent, none answered yet.")
    if found.is_small:
        note = f"only {some(found.cases, 'answer')}, too few to judge the week by"
    else:
        note = f"of {some(found.cases, 'answer')}, {change(found, csat(before) if before else None)}"
    return join(tag("strong", "CSAT ", of(percent(found.rate))), f" ({interval(found)}): {note}.")


def _open(now: Row, before: Row | None) -> Part:
    known = before is not None and not before["is_suppressed"]
    difference = now["open_count"] - before["open_count"] if before is not None and known else 0
    way = "more" if difference > 0 else "fewer"
    moved = f", {count(abs(difference))} {way} than a week before" if difference else ""
    return join(
        tag("strong", of(some(now["open_count"], "ticket")), " open"), f" when the week ended{moved}."
    )


def _appeals(now: Row) -> Part:
    found = overturns(now)
    if found is None:
        return None
    few = "; few cases" if found.is_small else ""
    return join(
        tag("strong", of(some(found.cases, "appeal")), " decided"),
        f", {count(now['appeal_overturned_count'])} of them overturned",
        f" ({percent(found.rate)}, interval {interval(found)}{few}).",
    )


def _languages(content: Content, page: Page) -> Part:
    worse = [
        row
        for row in content.of(LANGUAGES.name, page)
        if row["sla_attainment_gap_upper"] is not None and row["sla_attainment_gap_upper"] < 0
    ]
    if not worse:
        return None
    names = ", ".join(f"{row['language']} ({points(row['sla_attainment_gap'])} less)" for row in worse)
    reference = worse[0]["reference_language"]
    return join(
        tag("strong", number("Language", LANGUAGES.name)),
        f": SLA targets are met less often than for {reference}: {names}.",
    )
