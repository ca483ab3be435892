{%- set dimensions = ['source_id', 'ended_date', 'metric', 'line_of_business', 'tier', 'vendor', 'market', 'priority'] %}
with tickets as (
    select ticket_key from {{ ref('fct_tickets') }} where not is_excluded
),

-- attainment counts what was met or breached, open breached rows included (SEMANTICS 3)
outcomes as (
    select
        *,
        {{ micros('coalesce(ended_at, breached_at)') }} as counted_us
    from {{ ref('fct_ticket_sla') }}
    where is_final and status in ('met', 'breached')
),

dated as (
    select
        outcomes.*,
        site_days.site_date as ended_date
    from outcomes
    inner join tickets on outcomes.ticket_key = tickets.ticket_key
    {{ join_site_day('site_days', 'outcomes.counted_us') }}
),

counted as (
    select
        {{ dimensions | join(',\n        ') }},
        count(*) as instance_count,
        count(case when status = 'met' then 1 end) as met_count,
        count(case when status = 'breached' then 1 end) as breached_count,
        count(case when ended_at is null then 1 end) as open_breached_count,
        {{ percentiles('elapsed_seconds', [0.5, 0.9]) }} as elapsed_percentiles
    from dated
    group by
        {{ dimensions | join(',\n        ') }}
)

select
    {{ cell_key(dimensions) }} as sla_daily_key,
    {{ dimensions | join(',\n    ') }},
    instance_count,
    met_count,
    breached_count,
    open_breached_count,
    {{ rate('met_count', 'instance_count') }} as attainment_rate,
    {{ wilson_lower('met_count', 'instance_count') }} as attainment_lower_rate,
    {{ wilson_upper('met_count', 'instance_count') }} as attainment_upper_rate,
    {{ percentile_of('elapsed_percentiles', 0) }} as elapsed_seconds_p50,
    {{ percentile_of('elapsed_percentiles', 1) }} as elapsed_seconds_p90
from counted
