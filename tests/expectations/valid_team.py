"""Team marts that are right by construction, beside those of `valid_marts`.

Belongs here: weeks of agents, lines, vendors and languages as SQL, made of the tickets and replies that are
there. Does not belong here: what the suites say.
"""

from __future__ import annotations

TEAM_MARTS = """
    create table marts.agg_specialist_weekly as
    select r.source_id, r.agent_id, cast(date_trunc('week', r.replied_at) as date) as week_start_date,
        true as is_on_roster, count(*) as reply_count, 144000e0 as on_shift_seconds,
        120000e0 as available_seconds, 60000e0 as handling_seconds, 0.5 as occupancy_rate,
        false as is_sla_rankable, null::integer as sla_rank_no, true as is_csat_rankable, 1 as csat_rank_no,
        false as is_quality_rankable, null::integer as quality_rank_no,
        'slow_replies; too_many_tickets' as coaching_flags, 'Slow; Many' as coaching_reasons
    from marts.fct_replies as r
    join marts.fct_tickets as t using (source_id, ticket_id)
    where not t.is_excluded and r.agent_id is not null
    group by all;

    create table marts.agg_lob_scorecard_weekly as
    select source_id, line_of_business, cast(date_trunc('week', created_at) as date) as week_start_date,
        count(*) as created_count, 10 as solved_count, 8 as first_solved_count,
        4 as first_contact_resolution_count, 2 as reopened_count, 0.2 as reopened_rate,
        0.05 as reopened_lower_rate, 0.5 as reopened_upper_rate, 0.8 as sla_attainment_rate,
        0.7 as sla_attainment_lower_rate, 0.9 as sla_attainment_upper_rate, 6 as survey_count,
        3 as answered_count, 2 as satisfied_count, 1 as dissatisfied_count, 0.67 as csat_rate,
        0.2 as csat_lower_rate, 0.9 as csat_upper_rate, 2 as appeal_decided_count,
        1 as appeal_overturned_count, 0.5 as appeal_overturned_rate, 0.1 as appeal_overturned_lower_rate,
        0.9 as appeal_overturned_upper_rate, 0 as insight_raised_count, 0 as insight_open_count,
        0 as insight_overdue_count
    from marts.fct_tickets where not is_excluded group by all;

    -- those of valid_insights
    insert into marts.agg_lob_scorecard_weekly by name
    select 's' as source_id, null as line_of_business, date '2026-03-09' as week_start_date,
        0 as created_count, 2 as insight_raised_count, 1 as insight_open_count, 1 as insight_overdue_count;

    create table marts.agg_lob_reasons_weekly as
    select source_id, line_of_business, contact_reason,
        cast(date_trunc('week', created_at) as date) as week_start_date, count(*) as contact_count,
        6 as survey_count, 3 as answered_count, 2 as satisfied_count
    from marts.fct_tickets where not is_excluded group by all;

    create table marts.agg_vendor_weekly as
    select 'one' as source_id, tier, 'acme' as vendor, week_start_date, is_closed,
        case when is_closed then 8 end as reported_met_count,
        case when is_closed then 8 end as restated_met_count,
        case when is_closed then 0.8 end as reported_attainment_rate,
        case when is_closed then 0.7 end as reported_attainment_lower_rate,
        case when is_closed then 0.9 end as reported_attainment_upper_rate,
        case when is_closed then 0.8 end as restated_attainment_rate,
        case when is_closed then 0.7 end as restated_attainment_lower_rate,
        case when is_closed then 0.9 end as restated_attainment_upper_rate,
        0.8 as sla_attainment_rate, 0.7 as sla_attainment_lower_rate, 0.9 as sla_attainment_upper_rate,
        case when tier = 'T1' then 0.1 end as sla_gap_to_tier_two,
        case when tier = 'T1' then -0.1 end as sla_gap_to_tier_two_lower,
        case when tier = 'T1' then 0.3 end as sla_gap_to_tier_two_upper
    from (values ('T1'), ('T2')) as tiers(tier)
    cross join (values (date '2026-01-05', true), (date '2026-01-12', false))
        as weeks(week_start_date, is_closed);

    create table marts.agg_language_parity_weekly as
    select 'one' as source_id, 'all' as scope, null::varchar as line_of_business, language,
        date '2026-01-05' as week_start_date, 'en' as reference_language, language = 'en' as is_reference,
        case when language <> 'en' then -0.1 end as sla_attainment_gap,
        case when language <> 'en' then -0.2 end as sla_attainment_gap_lower,
        case when language <> 'en' then 0.0 end as sla_attainment_gap_upper,
        null::double as response_gap, null::double as csat_gap, null::double as csat_gap_lower,
        null::double as csat_gap_upper, case when language <> 'en' then 600.0 end as first_reply_gap,
        case when language <> 'en' then -60.0 end as first_reply_gap_lower,
        case when language <> 'en' then 1200.0 end as first_reply_gap_upper
    from (values ('en'), ('id')) as languages(language);

    create table marts.fct_response_framework_use as
    select r.source_id, r.event_id, r.ticket_id, r.replied_at as used_at, r.agent_id, true as is_reply,
        r.reply_no, null::double as edit_rate, 'wording_of_macros_is_not_delivered' as edit_rate_null_reason,
        case when t.last_solved_at >= r.replied_at then t.last_solved_at end as solved_after_at,
        case when solved_after_at is not null then false end as is_reopened_after,
        false as is_surveyed_after, null::boolean as is_satisfied_after
    from marts.fct_replies as r
    join marts.fct_tickets as t using (source_id, ticket_id)
    where r.macro_id is not null;
"""
