{%- set dimensions = ['source_id', 'sent_week_date', 'line_of_business', 'contact_reason', 'market', 'language', 'channel'] %}
with surveys as (
    select * from {{ ref('fct_csat_responses') }} where not is_excluded
),

counted as (
    select
        {{ cell_key(dimensions) }} as csat_response_weekly_key,
        {{ driver_key() }} as driver_key,
        {{ dimensions | join(',\n        ') }},
        {{ csat_counts() }}
    from surveys
    group by
        {{ dimensions | join(',\n        ') }}
),

weeks as (
    select
        source_id,
        sent_week_date,
        case when count(asked_count) = count(*) then {{ rate('sum(responded_count)', 'sum(asked_count)') }} end as source_response_rate
    from counted
    group by 1, 2
)

select
    counted.csat_response_weekly_key,
    counted.driver_key,
    counted.source_id,
    counted.sent_week_date,
    {%- for column in dimensions[2:] %}
    counted.{{ column }},
    {%- endfor %}
    {{ is_complete('counted.sent_week_date') }} as is_complete_week,
    counted.sent_count,
    counted.responded_count,
    counted.satisfied_count,
    counted.dissatisfied_count,
    counted.open_count,
    counted.unusable_count,
    counted.answered_only_count,
    counted.minor_count,
    {{ share_columns('response', 'counted.responded_count', 'counted.asked_count') }},
    weeks.source_response_rate,
    {{ response_standing_columns('counted', 'weeks.source_response_rate') }},
    {{ share_columns('csat', 'counted.satisfied_count', 'counted.responded_count') }},
    {{ silence_columns('counted') }},
    {{ share_is_rankable('counted.satisfied_count', 'counted.responded_count') }} as is_rankable
from counted
inner join weeks on counted.source_id = weeks.source_id and counted.sent_week_date = weeks.sent_week_date
