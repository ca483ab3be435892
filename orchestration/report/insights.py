"""The insights of a page: what changed, why it is believed, who owns it, what was done, did it help.

Belongs here: reading the marts of the feedback loop and wording a row of them. Does not belong here: finding,
ranking or judging insights (`dbt_project/models/marts/feedback_loop`). An insight stands on the pages of the
weeks from its detection until it has been quiet, and left alone, for a while; its state is that of now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from orchestration.report import charts
from orchestration.report.content import Content, Row
from orchestration.report.insight_words import change, done, helped, state, why
from orchestration.report.markup import Part, Safe, join, tag
from orchestration.report.numbers import count, some
from orchestration.report.queries import Page, Query
from orchestration.report.shares import number, words

OPEN = ("raised", "accepted", "in_progress", "reopened")
_QUIET_WEEKS = 4
_PRIORITIES = ("high", "medium", "low")

# Days are the site's, looked up in dim_date: a cast takes the zone of whoever runs the query.
INSIGHTS = Query(
    "insights",
    "Insights of this line of business",
    ("fct_insights", "dim_date"),
    """select source_id, line_of_business, insight_key, kind, driver, contact_reason, market, language,
    channel, detected_date, window_from_date, window_to_date, last_seen_week_date, is_ongoing, size,
    expected_value, effect, effect_lower, effect_upper, q_value, pattern_count, evidence_count,
    priority, priority_score,
    owner_team, state, coalesce(since.calendar_date, cast(state_since_at as date)) as state_since_date,
    due_on, coalesce(reviewed.calendar_date, cast(reviewed_at as date)) as reviewed_date, is_suppressed
from marts.fct_insights
left join marts.dim_date as since on state_since_at >= since.starts_at and state_since_at < since.ends_at
left join marts.dim_date as reviewed on reviewed_at >= reviewed.starts_at and reviewed_at < reviewed.ends_at
where {where}
order by source_id, line_of_business, priority_score desc nulls last, insight_key""",
    "any",
)

STEPS = Query(
    "insight-steps",
    "What was done about them",
    ("fct_insight_transitions", "fct_insights", "dim_date"),
    """select source_id, line_of_business, insight_key, step_no, occurred_date, origin, status, owner_team,
    note, reference_url
from (
    select i.source_id, i.line_of_business, t.insight_key, t.step_no,
        coalesce(d.calendar_date, cast(t.occurred_at as date)) as occurred_date, t.origin, t.status,
        t.owner_team, t.note, t.reference_url
    from marts.fct_insight_transitions as t
    join marts.fct_insights as i on i.insight_key = t.insight_key
    left join marts.dim_date as d on t.occurred_at >= d.starts_at and t.occurred_at < d.ends_at
)
where {where}
order by source_id, line_of_business, insight_key, step_no""",
    "any",
)

EFFECTS = Query(
    "insight-effects",
    "Whether it helped",
    ("fct_insight_effects", "fct_insights"),
    """select source_id, line_of_business, insight_key, shipment_no, metric, after_weeks, result, effect,
    effect_lower, effect_upper, is_parallel, is_decisive, verdict, is_suppressed
from (
    select i.source_id, i.line_of_business, e.insight_key, e.shipment_no, e.metric, e.after_weeks, e.result,
        e.effect, e.effect_lower, e.effect_upper, e.is_parallel, e.is_decisive, e.verdict, e.is_suppressed
    from marts.fct_insight_effects as e
    join marts.fct_insights as i on i.insight_key = e.insight_key
    where e.is_primary
)
where {where}
order by source_id, line_of_business, insight_key, shipment_no, is_decisive, after_weeks""",
    "any",
)

EVIDENCE = Query(
    "insight-evidence",
    "Contacts by week behind them",
    ("fct_insight_evidence", "fct_insights"),
    """select source_id, line_of_business, insight_key, week_start_date, case_count, expected_contacts
from (
    select i.source_id, i.line_of_business, e.insight_key, e.week_start_date, e.case_count,
        e.expected_contacts
    from marts.fct_insight_evidence as e
    join marts.fct_insights as i on i.insight_key = e.insight_key
    where e.evidence_type = 'week' and not e.is_suppressed
)
where {where}
order by source_id, line_of_business, insight_key, week_start_date""",
    "any",
)


def insight_queries(columns: Mapping[str, set[str]]) -> tuple[Query, ...]:
    """Return the queries on the marts of insights; none unless they are published. `columns` is by mart."""
    needed = {"insight_key", "line_of_business", "effect_lower", "due_on", "is_suppressed"}
    return (INSIGHTS, STEPS, EFFECTS, EVIDENCE) if needed <= columns.get("fct_insights", set()) else ()


def on_page(content: Content, page: Page) -> list[Row]:
    """Return the insights of a page: of high priority first, then by their score."""
    end = page.week + timedelta(weeks=1)
    since = end - timedelta(weeks=_QUIET_WEEKS)
    found = [
        row
        for row in content.of(INSIGHTS.name, page)
        if row["detected_date"] <= end
        and (row["state"] in OPEN or row["last_seen_week_date"] >= since or row["state_since_date"] >= since)
    ]
    return sorted(found, key=lambda row: (_PRIORITIES.index(row["priority"]), -(row["priority_score"] or 0)))


def insights_sentence(content: Content, page: Page) -> Part:
    """Return what the summary says about insights; None where none are published."""
    if not content.knows(INSIGHTS.name):
        return None
    found = on_page(content, page)
    waiting = [row for row in found if row["state"] in OPEN]
    shipped = sum(row["state"] == "shipped" for row in found)
    measured = f"; {some(shipped, 'insight')} shipped, to be measured" if shipped else ""
    if not waiting:
        return join(number("No insight", INSIGHTS.name), f" waits for anything to be done{measured}.")
    late = sum(is_late(content, row) for row in waiting)
    first = waiting[0]
    return join(
        tag("strong", number(some(len(waiting), "insight"), INSIGHTS.name)),
        " to act on",
        join(", ", tag("span", f"{count(late)} overdue", class_="late")) if late else None,
        f"; first: {title(first)}{measured}.",
    )


def insights(content: Content, page: Page) -> Safe:
    """Return the section of the page's insights."""
    heading = tag("h2", "What changed, and what was done about it")
    if not content.knows(INSIGHTS.name):
        return tag("section", heading, tag("p", "The published file holds no insights.", class_="quiet"))
    found = on_page(content, page)
    if not found:
        text = (
            "Nothing stood out: no contact reason, no cause of dissatisfaction, no theme and no rate of"
            " overturned decisions was out of line by more than chance."
        )
        return tag("section", heading, tag("p", text, class_="quiet"))
    note = tag("p", f"Where they stand on {content.as_of_date:%-d %B %Y}.", class_="quiet")
    return tag("section", heading, note, *(_insight(content, page, row) for row in found))


def title(row: Row) -> str:
    """Return what an insight is about in a few words."""
    if row["kind"] == "emerging":
        return f"new theme: {row['driver'].removeprefix('theme / ')}"
    about = words(row["contact_reason"]) if row["contact_reason"] else row["driver"]
    where = [row[name] for name in ("market", "language", "channel") if row[name]]
    confined = f" ({', '.join(words(part) for part in where)})" if where else ""
    kinds = {
        "spike": "more contacts about",
        "csat_driver": "dissatisfaction about",
        "overturn": "overturned decisions about",
    }
    return f"{kinds.get(row['kind'], row['kind'])} {about}{confined}"


def waiting_anywhere(content: Content) -> list[Row]:
    """Return the insights that wait for something to be done, of all lines, most important first."""
    rows = [row for found in content.rows.get(INSIGHTS.name, {}).values() for row in found]
    waiting = [row for row in rows if row["state"] in OPEN]
    return sorted(
        waiting, key=lambda row: (_PRIORITIES.index(row["priority"]), -(row["priority_score"] or 0))
    )


def is_late(content: Content, row: Row) -> bool:
    """Whether an insight waits for something to be done past its due date."""
    return row["state"] in OPEN and row["due_on"] is not None and row["due_on"] < content.as_of_date


def _insight(content: Content, page: Page, row: Row) -> Safe:
    key = row["insight_key"]
    steps = [step for step in content.of(STEPS.name, page) if step["insight_key"] == key]
    effects = [effect for effect in content.of(EFFECTS.name, page) if effect["insight_key"] == key]
    due = f", due {row['due_on']:%-d %B}" if row["due_on"] and row["state"] in OPEN else ""
    overdue = tag("span", " (overdue)", class_="late") if is_late(content, row) else None
    facts: Sequence[tuple[str, Part]] = (
        ("What changed", _linked(change(row), INSIGHTS)),
        ("Why it is believed", _linked(why(row), INSIGHTS)),
        (
            "Who owns it",
            join(f"{row['owner_team'] or 'nobody yet'}, priority {row['priority']}{due}", overdue),
        ),
        ("What was done", done(row, steps)),
        ("Did it help", _linked(helped(row, effects), EFFECTS if effects else INSIGHTS)),
    )
    heading = title(row)
    return tag(
        "article",
        tag("h3", heading[0].upper() + heading[1:], " ", tag("span", state(row), class_="state")),
        tag("dl", *(part for name, text in facts for part in (tag("dt", name), tag("dd", text)))),
        _chart(content, page, row),
        class_="insight",
    )


def _linked(text: str, query: Query) -> Safe:
    return join(text, " ", tag("a", "query", href=f"#query-{query.name}", class_="source"))


def _chart(content: Content, page: Page, row: Row) -> Safe | None:
    weeks = [
        found
        for found in content.of(EVIDENCE.name, page)
        if found["insight_key"] == row["insight_key"]
        and found["case_count"] is not None
        and found["week_start_date"] <= page.week
    ]
    if len(weeks) < 3 or row["kind"] != "spike":
        return None
    points = [charts.Point(found["week_start_date"], found["case_count"]) for found in weeks]
    label = f"Contacts by week: {count(points[-1].value)} in the last of {some(len(points), 'week')}."
    ends = (points[0].week, points[-1].week)
    caption = tag("figcaption", number("Contacts by week", EVIDENCE.name))
    return tag("figure", caption, charts.line(points, ends, label, count), class_="small")
