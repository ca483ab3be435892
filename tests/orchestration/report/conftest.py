"""A small published file with every mart the pages read, and hostile text wherever people can write some."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from ingestion.paths import Paths
from orchestration.publish import bi_file

HOSTILE = "<script>alert('x')</script> & \"quoted\""

# Eight weeks from Monday 4 May 2026; as_of is in the middle of the eighth. Days begin at 23:00 UTC.
_MARTS = """
    create schema marts;
    create table marts.publication as
    select 'north' as site, timestamptz '2026-06-24 06:00:00+00' as as_of, 'run-1' as run_id;
    create table marts.dim_date as
    select cast(day as date) as calendar_date, cast(date_trunc('week', day) as date) as week_start_date,
        cast(day as timestamptz) - interval 1 hour as starts_at,
        cast(day as timestamptz) + interval 23 hour as ends_at
    from range(timestamp '2026-05-04', timestamp '2026-06-29', interval 1 day) as days(day);
    create table marts.dim_line_of_business as
    select 'desk' as source_id, 'rewards' as line_of_business, '$hostile' as name, 'product' as owner_team;

    create table marts.agg_lob_scorecard_weekly as
    select 'desk' as source_id, line_of_business, cast(week as date) as week_start_date,
        100 + n as created_count, 90 as solved_count, 80 as resolved_count, 20 + n as open_count,
        70 as first_reply_count, 7200.0 as first_reply_seconds_calendar_p50,
        3600.0 as first_reply_seconds_business_p50, null::double as resolution_seconds_business_p50,
        200000.0 as resolution_seconds_calendar_p50, 160 as sla_met_count, 40 as sla_breached_count,
        0.8 as sla_attainment_rate, 0.74 as sla_attainment_lower_rate, 0.85 as sla_attainment_upper_rate,
        60 as first_reply_met_count, 10 as first_reply_breached_count, 0.86 as first_reply_attainment_rate,
        0.76 as first_reply_attainment_lower_rate, 0.92 as first_reply_attainment_upper_rate,
        85 as first_solved_count, 40 as first_contact_resolution_count, 0.47 as first_contact_resolution_rate,
        0.37 as first_contact_resolution_lower_rate, 0.58 as first_contact_resolution_upper_rate,
        9 as reopened_count, 0.1 as reopened_rate, 0.05 as reopened_lower_rate, 0.18 as reopened_upper_rate,
        50 as survey_count, 20 as answered_count, 12 as satisfied_count, 0.6 as csat_rate,
        0.39 as csat_lower_rate, 0.78 as csat_upper_rate, 0.4 as response_rate, 5 as review_count,
        0.9 as quality_score, 0.85 as quality_score_lower, 0.95 as quality_score_upper, 4 as appeal_count,
        case when n <> 3 then 2 else 0 end as appeal_decided_count,
        case when n <> 3 then 1 else 0 end as appeal_overturned_count,
        case when n <> 3 then 0.5 end as appeal_overturned_rate,
        case when n <> 3 then 0.1 end as appeal_overturned_lower_rate,
        case when n <> 3 then 0.9 end as appeal_overturned_upper_rate, false as is_suppressed
    from range(8) as weeks(n)
    cross join lateral (select timestamp '2026-05-04' + n * interval 7 day as week)
    cross join (values ('rewards'), ('access')) as lines(line_of_business);
    update marts.agg_lob_scorecard_weekly
    set is_suppressed = true, created_count = null, sla_attainment_rate = null, csat_rate = null,
        open_count = null
    where line_of_business = 'access' and week_start_date = date '2026-06-08';

    create table marts.agg_lob_reasons_weekly as
    select source_id, line_of_business, week_start_date, 'late_payout' as contact_reason, 30 as contact_count,
        20.5 as contact_mean_before, 7 as week_before_count, 6 as answered_count, 0.5 as csat_rate,
        0.2 as csat_lower_rate, 0.8 as csat_upper_rate, false as is_suppressed
    from marts.agg_lob_scorecard_weekly;
    create table marts.agg_language_parity_weekly as
    select source_id, line_of_business, week_start_date, 'line_of_business' as scope, 'id' as language,
        'en' as reference_language, false as is_reference, 50 as sla_instance_count,
        0.6 as sla_attainment_rate,
        -0.2 as sla_attainment_gap, -0.3 as sla_attainment_gap_lower, -0.1 as sla_attainment_gap_upper,
        40 as first_reply_count, 9000.0 as first_reply_seconds_calendar_p50, 1800.0 as first_reply_gap,
        -600.0 as first_reply_gap_lower, 4200.0 as first_reply_gap_upper, 10 as answered_count,
        0.5 as csat_rate,
        null::double as csat_gap, null::double as csat_gap_lower, null::double as csat_gap_upper,
        false as is_suppressed
    from marts.agg_lob_scorecard_weekly;
    create table marts.agg_voice_drivers_weekly as
    select source_id, line_of_business, week_start_date, reason as contact_reason, platform,
        items as item_count, rated as rated_count, bad as dissatisfied_count, rating as mean_rating
    from marts.agg_lob_scorecard_weekly
    cross join (values ('late_payout', 'app_store', 6, 6, 3, 2.0), (null, 'app_store', 3, 2, 0, 4.0),
        (null, 'x', 1200, 0, 0, null)) as voices(reason, platform, items, rated, bad, rating);
    create table marts.fct_tickets as select 'k' as ticket_key, 'desk' as source_id;
    create table marts.fct_csat_responses as
    select 'survey' as source_id, 's' || n as survey_key, 'k' as ticket_key,
        'rewards' as line_of_business, date '2026-06-15' as sent_week_date, text as comment,
        'en' as language, 'late_payout' as contact_reason,
        timestamptz '2026-06-16 10:00:00+00' + n * interval 1 hour as recorded_at,
        true as is_dissatisfied, is_minor, false as is_excluded
    from (values (1, '$hostile', false), (2, 'I am eleven', true)) as remarks(n, text, is_minor);
"""

_INSIGHTS = """
    create table marts.fct_insights as
    select 'i' || n as insight_key, 'desk' as source_id, 'rewards' as line_of_business, kind,
        'spike' as driver,
        '$hostile' as contact_reason, 'US' as market, null::varchar as language, null::varchar as channel,
        date '2026-06-15' as detected_date, date '2026-06-08' as window_from_date,
        date '2026-06-14' as window_to_date, date '2026-06-15' as last_seen_week_date, true as is_ongoing,
        60 as size, expected as expected_value, effect, lower as effect_lower, upper as effect_upper,
        0.0004 as q_value, 40 as pattern_count, 12 as evidence_count, priority, 0.5 as priority_score,
        'product' as owner_team, state, timestamptz '2026-06-15 23:30:00+00' as state_since_at,
        date '2026-06-20' as due_on, timestamptz '2026-06-15 23:30:00+00' as reviewed_at,
        false as is_suppressed
    from (values
        (1, 'spike', 20.0, 2.0, 1.2, 3.1, 'high', 'accepted'),
        (2, 'csat_driver', 0.2, 0.15, 0.05, 0.25, 'low', 'shipped')
    ) as found(n, kind, expected, effect, lower, upper, priority, state);
    create table marts.fct_insight_transitions as
    select 'i1' as insight_key, 1 as step_no, timestamptz '2026-06-15 23:30:00+00' as occurred_at,
        'action' as origin, 'accepted' as status, 'product' as owner_team, '$hostile' as note,
        'javascript:alert(1)' as reference_url
    union all select 'i2', 1, timestamptz '2026-06-16 00:00:00+00', 'action', 'shipped', 'product', null,
        'https://tracker.example.com/7?a=1&b=2';
    create table marts.fct_insight_effects as
    select 'i2' as insight_key, 1 as shipment_no, 'csat_rate' as metric, 4 as after_weeks,
        'improved' as result,
        0.12 as effect, 0.04 as effect_lower, 0.2 as effect_upper, true as is_parallel, true as is_decisive,
        'verified' as verdict, true as is_primary, false as is_suppressed;
    create table marts.fct_insight_evidence as
    select 'i1' as insight_key, 'week' as evidence_type, week_start_date, 20 as case_count,
        20.0 as expected_contacts, false as is_suppressed
    from marts.agg_lob_scorecard_weekly where line_of_business = 'rewards';
"""


@pytest.fixture
def publish_marts(tmp_path: Path) -> Callable[..., Paths]:
    """Return a maker of published files; `insights`: with those marts, or without."""

    def make(*, insights: bool = True) -> Paths:
        paths = Paths(tmp_path / "data")
        file = bi_file(paths)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        with duckdb.connect(str(file)) as connection:
            connection.execute("set timezone = 'UTC'")
            sql = _MARTS + (_INSIGHTS if insights else "")
            connection.execute(sql.replace("$hostile", HOSTILE.replace("'", "''")))
            # literals are decimals, marts have doubles
            for table, column in connection.execute(
                "select table_name, column_name from duckdb_columns() where data_type like 'DECIMAL%'"
            ).fetchall():
                connection.execute(f"alter table marts.{table} alter {column} type double")
        return paths

    return make
