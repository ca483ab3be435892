{%- set dimensions = ['channel', 'survey_channel', 'line_of_business', 'contact_reason', 'market', 'language', 'tier', 'vendor',
    'lead_id', 'tenure_band', 'agent_id'] %}
{%- set grain = ['source_id', 'sent_month_date', 'dimension', 'dimension_value'] %}
with surveys as (
    select *, cast({{ dbt.date_trunc('month', 'sent_date') }} as date) as sent_month_date
    from {{ ref('fct_csat_responses') }}
    where not is_excluded
),

counted as (
    {%- for column in dimensions %}
    select
        source_id,
        sent_month_date,
        '{{ column }}' as dimension,
        {{ column }} as dimension_value,
        {{ csat_counts() }}
    from surveys
    group by source_id, sent_month_date, {{ column }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

sources as (
    select
        source_id,
        sent_month_date,
        {{ rate('sum(satisfied_count)', 'sum(responded_count)') }} as source_csat_rate,
        case when count(asked_count) = count(*) then {{ rate('sum(responded_count)', 'sum(asked_count)') }} end as source_response_rate
    from counted
    where dimension = 'channel'
    group by 1, 2
)

select
    {{ cell_key(['counted.source_id', 'counted.sent_month_date', 'counted.dimension', 'counted.dimension_value']) }} as csat_group_key,
    counted.source_id,
    counted.sent_month_date,
    counted.dimension,
    counted.dimension_value,
    {{ is_complete('counted.sent_month_date', 'month') }} as is_complete_month,
    counted.sent_count,
    counted.responded_count,
    counted.satisfied_count,
    counted.dissatisfied_count,
    counted.open_count,
    counted.unusable_count,
    counted.answered_only_count,
    counted.minor_count,
    {{ share_columns('response', 'counted.responded_count', 'counted.asked_count') }},
    sources.source_response_rate,
    {{ response_standing_columns('counted', 'sources.source_response_rate') }},
    {{ share_columns('csat', 'counted.satisfied_count', 'counted.responded_count') }},
    {{ share_columns('dsat', 'counted.dissatisfied_count', 'counted.responded_count') }},
    {{ share_is_rankable('counted.satisfied_count', 'counted.responded_count') }} as is_rankable,
    {{ silence_columns('counted') }},
    sources.source_csat_rate,
    {{ share_is_rankable('counted.satisfied_count', 'counted.responded_count') }}
    and {{ wilson_upper('counted.satisfied_count', 'counted.responded_count') }} < sources.source_csat_rate as is_below_source,
    {{ share_is_rankable('counted.satisfied_count', 'counted.responded_count') }}
    and {{ wilson_lower('counted.satisfied_count', 'counted.responded_count') }} > sources.source_csat_rate as is_above_source
from counted
inner join sources on counted.source_id = sources.source_id and counted.sent_month_date = sources.sent_month_date
