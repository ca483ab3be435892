"""Marts of decisions and complaints that are right by construction, beside those of `valid_marts`.

Belongs here: forty decisions of two sources, complaints about half of them, and the aggregates made of them.
Does not belong here: what the suites say.
"""

from __future__ import annotations

APPEAL_MARTS = """
    create table marts.fct_appeals as
    select case when i % 4 = 0 then 'two' else 'one' end as source_id, 'A' || i as appeal_id,
        'D' || i as decision_id, 'internal' as body,
        timestamptz '2026-06-01 10:00:00+00' + interval 1 hour * i as submitted_at,
        case i % 5 when 0 then 'upheld' when 1 then 'reversed' when 2 then 'partially_reversed'
            when 3 then 'withdrawn' end as outcome,
        outcome is null as is_pending, i % 5 < 3 as is_decided, i % 5 in (1, 2) as is_reversed,
        i % 5 = 2 as is_partially_reversed, i % 5 = 3 as is_omitted,
        case when i % 5 < 4 then submitted_at + interval 1 hour * (i + 1) end as decided_at,
        decided_at as notified_at, case when i % 5 < 4 then 3600.0 * (i + 1) end as seconds_to_decision,
        true as is_admissible, i % 10 = 0 as is_minor,
        case when i % 10 = 0 then 'minor' else 'standard' end as route,
        case when i > 0 then 'p' end as sla_policy_id, case when i > 0 then 36000.0 end as sla_target_seconds,
        case when i > 0 then 3600.0 * (i + 1) end as sla_elapsed_seconds,
        case when i >= 10 then 'breached' when i > 0 then 'met' end as sla_status,
        case when i >= 10 then submitted_at + interval 10 hours end as sla_breached_at
    from range(20) as t(i);

    create table marts.fct_decisions as
    select case when i % 4 = 0 then 'two' else 'one' end as source_id, 'D' || i as decision_id,
        a.appeal_id is not null as is_appealed, (a.appeal_id is not null)::bigint as appeal_count,
        coalesce(a.is_pending, false)::bigint as pending_appeal_count,
        case when a.is_decided then a.outcome end as outcome, coalesce(a.is_reversed, false) as is_overturned,
        i % 10 = 0 as is_minor, case when i % 10 > 0 then 'spam' end as policy_category,
        case when i % 10 > 0 then 'video' end as surface, (i % 3 = 0)::bigint as ods_dispute_count,
        (i % 6 = 0)::bigint as ods_reversed_count, (i % 12 = 0)::bigint as ods_implemented_count
    from range(40) as t(i)
    left join marts.fct_appeals as a on a.decision_id = 'D' || i;

    create table marts.bridge_appeal_decisions as
    select source_id, appeal_id, decision_id, true as is_primary from marts.fct_appeals where is_reversed
    union all
    select source_id, appeal_id, 'D39', false from marts.fct_appeals where is_reversed;

    create table marts.agg_appeal_groups as
    select source_id, dimension, 'all' as dimension_value, count(*) as appeal_count,
        count(*) filter (where is_decided) as decided_count,
        count(*) filter (where is_reversed) as reversed_count,
        count(*) filter (where is_partially_reversed) as partially_reversed_count,
        count(*) filter (where is_omitted) as omitted_count,
        count(*) filter (where is_pending) as pending_count,
        reversed_count / decided_count as overturn_rate, overturn_rate / 2 as overturn_lower_rate,
        (1 + overturn_rate) / 2 as overturn_upper_rate,
        reversed_count / (decided_count + pending_count) as overturn_least_rate,
        (reversed_count + pending_count) / (decided_count + pending_count) as overturn_most_rate,
        0.1 as decided_within_1d_rate, 0.5 as decided_within_7d_rate, 0.9 as decided_within_30d_rate,
        0 as minor_count
    from marts.fct_appeals cross join (values ('all'), ('market')) as t(dimension)
    group by all;

    create table marts.agg_appeal_cohorts as
    select g.* exclude (dimension, dimension_value, decided_within_1d_rate, decided_within_7d_rate,
            decided_within_30d_rate), date '2026-06-01' as decided_week_date, d.decision_count
    from marts.agg_appeal_groups as g
    join (select source_id, count(*) as decision_count from marts.fct_decisions group by all) as d
        using (source_id)
    where dimension = 'all';

    create table marts.agg_appeal_funnel_monthly as
    select source_id, date '2026-06-01' as decided_month_date, 'account' as restriction,
        count(*) as decision_count, count(*) as notified_count,
        count(*) filter (where is_appealed) as appealed_count,
        count(outcome) as with_verdict_count, count(*) filter (where is_overturned) as overturned_count,
        count(*) filter (where outcome = 'partially_reversed') as partially_overturned_count,
        count(*) filter (where pending_appeal_count > 0) as with_pending_count,
        2 as restored_count, 1 as restored_without_appeal_count,
        count(*) filter (where ods_dispute_count > 0) as disputed_count,
        count(*) filter (where ods_reversed_count > 0) as ods_reversed_count,
        count(*) filter (where ods_implemented_count > 0) as ods_implemented_count, 0 as minor_count
    from marts.fct_decisions group by all;
"""
