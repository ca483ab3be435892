"""The queries the pages rest on: each number links to the one it comes from, to be run on the published file.

Belongs here: SQL over published marts, and how a page's line of business and week are filled in. Does not
belong here: running it or wording what it says. For speed a query is run once for all pages and cut in
Python; a page shows it with the page's own conditions, which gives the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

HISTORY_WEEKS = 26


@dataclass(frozen=True)
class Page:
    """One line of business of one source in one week that is over; `week` is its Monday."""

    source_id: str
    line_of_business: str | None
    week: date


@dataclass(frozen=True)
class Query:
    """SQL with `{where}`; `span`: rows of the page's week, of the weeks up to it, or whatever their week."""

    name: str
    title: str
    tables: tuple[str, ...]
    sql: str
    span: Literal["week", "history", "any"] = "week"

    def for_page(self, page: Page) -> str:
        """Return the query for one page, ready to be run on the published file."""
        conditions = [f"source_id = {_text(page.source_id)}", _lob(page.line_of_business)]
        if self.span == "week":
            conditions.append(f"week_start_date = date '{page.week}'")
        elif self.span == "history":
            first = page.week - timedelta(weeks=HISTORY_WEEKS - 1)
            conditions.append(f"week_start_date between date '{first}' and date '{page.week}'")
        return self.sql.format(where="\n    and ".join(conditions))

    def for_all(self, first: date, last: date) -> str:
        """Return the query for the pages of all lines of business from one week to another."""
        if self.span == "any":
            return self.sql.format(where="true")
        since = first - timedelta(weeks=HISTORY_WEEKS - 1) if self.span == "history" else first
        return self.sql.format(where=f"week_start_date between date '{since}' and date '{last}'")


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _lob(value: str | None) -> str:
    return "line_of_business is null" if value is None else f"line_of_business = {_text(value)}"


SCORECARD = Query(
    "scorecard",
    "Week by week: volume, SLA, CSAT, quality, appeals, open tickets",
    ("agg_lob_scorecard_weekly",),
    """select source_id, line_of_business, week_start_date,
    created_count, solved_count, resolved_count, open_count,
    first_reply_count, first_reply_seconds_calendar_p50, first_reply_seconds_business_p50,
    resolution_seconds_calendar_p50, resolution_seconds_business_p50,
    sla_met_count, sla_breached_count,
    sla_attainment_rate, sla_attainment_lower_rate, sla_attainment_upper_rate,
    first_reply_met_count, first_reply_breached_count, first_reply_attainment_rate,
    first_reply_attainment_lower_rate, first_reply_attainment_upper_rate,
    first_solved_count, first_contact_resolution_count, first_contact_resolution_rate,
    first_contact_resolution_lower_rate, first_contact_resolution_upper_rate,
    reopened_count, reopened_rate, reopened_lower_rate, reopened_upper_rate,
    survey_count, answered_count, satisfied_count, csat_rate, csat_lower_rate, csat_upper_rate,
    response_rate, review_count, quality_score, quality_score_lower, quality_score_upper,
    appeal_count, appeal_decided_count, appeal_overturned_count, appeal_overturned_rate,
    appeal_overturned_lower_rate, appeal_overturned_upper_rate, is_suppressed
from marts.agg_lob_scorecard_weekly
where {where}
order by source_id, line_of_business, week_start_date""",
    "history",
)

REASONS = Query(
    "reasons",
    "Contact reasons against the weeks before",
    ("agg_lob_reasons_weekly",),
    """select source_id, line_of_business, week_start_date, contact_reason,
    contact_count, contact_mean_before, week_before_count, answered_count,
    csat_rate, csat_lower_rate, csat_upper_rate
from marts.agg_lob_reasons_weekly
where not is_suppressed
    and contact_count > 0
    and {where}
order by source_id, line_of_business, week_start_date, contact_count desc, contact_reason""",
)

LANGUAGES = Query(
    "languages",
    "Languages against the reference language",
    ("agg_language_parity_weekly",),
    """select source_id, line_of_business, week_start_date, language, reference_language,
    sla_instance_count, sla_attainment_rate,
    sla_attainment_gap, sla_attainment_gap_lower, sla_attainment_gap_upper,
    first_reply_count, first_reply_seconds_calendar_p50,
    first_reply_gap, first_reply_gap_lower, first_reply_gap_upper,
    answered_count, csat_rate, csat_gap, csat_gap_lower, csat_gap_upper
from marts.agg_language_parity_weekly
where scope = 'line_of_business'
    and not is_reference
    and not is_suppressed
    and {where}
order by source_id, line_of_business, week_start_date, sla_instance_count desc, language""",
)

QUOTES = Query(
    "quotes",
    "What dissatisfied creators wrote",
    ("fct_csat_responses", "fct_tickets"),
    """select source_id, line_of_business, week_start_date, comment, language, contact_reason
from (
    select coalesce(t.source_id, s.source_id) as source_id, s.line_of_business,
        s.sent_week_date as week_start_date, s.comment, s.language, s.contact_reason, s.recorded_at,
        s.survey_key
    from marts.fct_csat_responses as s
    left join marts.fct_tickets as t on t.ticket_key = s.ticket_key
    where s.is_dissatisfied and s.comment is not null and not s.is_minor and not s.is_excluded
)
where {where}
qualify row_number() over (
    partition by source_id, line_of_business, week_start_date order by recorded_at desc, survey_key
) <= 4
order by source_id, line_of_business, week_start_date, recorded_at desc, survey_key""",
)

VOICE = Query(
    "voice",
    "Reviews and posts by platform",
    ("agg_voice_drivers_weekly",),
    """select source_id, line_of_business, week_start_date, platform,
    cast(sum(item_count) as bigint) as item_count,
    cast(sum(rated_count) as bigint) as rated_count,
    cast(sum(dissatisfied_count) as bigint) as dissatisfied_count,
    sum(mean_rating * rated_count) / nullif(sum(rated_count), 0) as mean_rating
from marts.agg_voice_drivers_weekly
where line_of_business is not null
    and {where}
group by source_id, line_of_business, week_start_date, platform
order by source_id, line_of_business, week_start_date, item_count desc, platform""",
)

LINES = Query(
    "lines",
    "Lines of business and who owns them",
    ("dim_line_of_business",),
    """select source_id, line_of_business, name, owner_team
from marts.dim_line_of_business
where {where}
order by source_id, line_of_business""",
    "any",
)

QUERIES = (SCORECARD, REASONS, LANGUAGES, QUOTES, VOICE, LINES)
