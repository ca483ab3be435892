{%- set grain = ['source_id', 'decided_month_date', 'restriction'] %}
with days as (
    select * from {{ ref('int_site_days') }}
),

decisions as (
    select
        decisions.*,
        days.month_start_date as decided_month_date,
        decisions.restored_at is not null and coalesce(decisions.restored_reason, '') not in ('appeal', 'ods')
            as is_restored_without_appeal
    from {{ ref('fct_decisions') }} as decisions
    {{ join_site_day('days', micros('decisions.decided_at')) }}
),

counted as (
    select
        {{ grain | join(',\n        ') }},
        count(*) as decision_count,
        count(case when notified_at is not null then 1 end) as notified_count,
        count(case when is_appealed then 1 end) as appealed_count,
        count(case when outcome is not null then 1 end) as with_verdict_count,
        count(case when is_overturned then 1 end) as overturned_count,
        count(case when is_partially_overturned then 1 end) as partially_overturned_count,
        count(case when pending_appeal_count > 0 then 1 end) as with_pending_count,
        count(case when restored_at is not null then 1 end) as restored_count,
        count(case when is_restored_without_appeal then 1 end) as restored_without_appeal_count,
        count(case when ods_dispute_count > 0 then 1 end) as disputed_count,
        count(case when ods_reversed_count > 0 then 1 end) as ods_reversed_count,
        count(case when ods_implemented_count > 0 then 1 end) as ods_implemented_count,
        count(case when is_minor then 1 end) as minor_count
    from decisions
    group by
        {{ grain | join(',\n        ') }}
)

select
    {{ cell_key(grain) }} as appeal_funnel_key,
    {{ grain | join(',\n    ') }},
    {{ is_complete('decided_month_date', 'month') }} as is_complete_month,
    decision_count,
    notified_count,
    appealed_count,
    with_verdict_count,
    overturned_count,
    partially_overturned_count,
    with_pending_count,
    restored_count,
    restored_without_appeal_count,
    disputed_count,
    ods_reversed_count,
    ods_implemented_count,
    minor_count
from counted
