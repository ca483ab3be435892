{%- set counts = ['minor_count'] + driver_counts() %}
with drivers as (
    select * from {{ ref('int_driver_counts') }}
),

{%- for level, spec in driver_levels().items() %}

{{ level }}_counts as (
    select
        {{ level_key(level) }} as series_key,
        week_start_date,
        {%- for count in counts %}
        cast(sum({{ count }}) as bigint) as {{ count }}{{ ',' if not loop.last }}
        {%- endfor %}
    from drivers
    group by
        source_id,
        {%- for column in spec.dimensions %}
        {{ column }},
        {%- endfor %}
        week_start_date
),
{%- endfor %}

level_counts as (
    {%- for level in driver_levels() %}
    select * from {{ level }}_counts
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

baselines as (
    select * from {{ ref('int_driver_baselines') }} where driver_level <> 'driver' and has_begun
)

select
    {{ cell_key(['baselines.series_key', 'baselines.week_start_date']) }} as contact_driver_week_key,
    baselines.series_key as driver_key,
    baselines.driver_level,
    baselines.source_id,
    baselines.week_start_date,
    {%- for column in driver_dimensions() %}
    baselines.{{ column }},
    {%- endfor %}
    baselines.is_complete_week,
    {%- for count in counts %}
    coalesce(level_counts.{{ count }}, 0) as {{ count }},
    {%- endfor %}
    {{ rate('level_counts.satisfied_count', 'level_counts.survey_responded_count') }} as csat_rate,
    {{ rate('level_counts.dissatisfied_count', 'level_counts.survey_responded_count') }} as dsat_rate,
    {{ rate('level_counts.appeal_overturned_count', 'level_counts.appeal_decided_count') }} as overturn_rate,
    baselines.history_week_count,
    baselines.expected_count,
    baselines.dispersion,
    baselines.spike_score,
    baselines.spike_p_value
from baselines
left join level_counts
    on baselines.series_key = level_counts.series_key
    and baselines.week_start_date = level_counts.week_start_date
