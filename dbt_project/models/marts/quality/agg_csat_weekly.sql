{%- set dimensions = ['source_id', 'sent_week_date', 'line_of_business', 'market', 'language', 'tier', 'vendor'] %}
with surveys as (
    select * from {{ ref('fct_csat_responses') }} where not is_excluded
),

counted as (
    select
        {{ dimensions | join(',\n        ') }},
        {{ csat_counts() }},
        count(case when rerating_direction = 'up' then 1 end) as rerated_up_count,
        count(case when rerating_direction = 'down' then 1 end) as rerated_down_count
    from surveys
    group by
        {{ dimensions | join(',\n        ') }}
),

keyed as (
    select {{ cell_key(dimensions) }} as csat_weekly_key, {{ cell_key(dimensions | reject('eq', 'sent_week_date') | list) }} as cell_key, counted.*
    from counted
),

-- the scales of a cell's week, and whether they are those of its last week that had any
scales_used as (
    select distinct {{ cell_key(dimensions) }} as csat_weekly_key, cast(scale_no as {{ dbt.type_string() }}) as scale_no
    from surveys
    where scale_no is not null
),

week_scales as (
    select csat_weekly_key, {{ joined('scale_no', ',', ['scale_no']) }} as scales
    from scales_used
    group by 1
),

-- only weeks with answers stand in a row here: a silent one between hides no new scale
scale_changes as (
    select
        week_scales.csat_weekly_key,
        week_scales.scales <> lag(week_scales.scales) over (
            partition by keyed.cell_key order by keyed.sent_week_date
        ) as is_other_than_before
    from week_scales
    inner join keyed on week_scales.csat_weekly_key = keyed.csat_weekly_key
)

select
    keyed.csat_weekly_key,
    {{ dimensions | join(',\n    ') }},
    {{ is_complete('sent_week_date') }} as is_complete_week,
    sent_count,
    responded_count,
    satisfied_count,
    dissatisfied_count,
    rerated_up_count,
    rerated_down_count,
    open_count,
    unusable_count,
    answered_only_count,
    minor_count,
    {{ share_columns('response', 'responded_count', 'asked_count') }},
    {{ share_columns('csat', 'satisfied_count', 'responded_count') }},
    {{ share_columns('dsat', 'dissatisfied_count', 'responded_count') }},
    {{ silence_columns() }},
    {{ share_is_rankable('satisfied_count', 'responded_count') }} as is_rankable,
    coalesce(scale_changes.is_other_than_before, false) as is_trend_broken
from keyed
left join scale_changes on keyed.csat_weekly_key = scale_changes.csat_weekly_key
