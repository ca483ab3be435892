-- Weekly contacts of drivers at each level, and beside them all other contacts of the same slice: what a driver's
-- contacts are compared with, since growth, campaigns, holidays and seasons move them all.
{%- set levels = driver_levels() %}
with counts as (
    select
        source_id,
        {{ week_number('week_start_date') }} as week_no,
        {%- for column in driver_dimensions() %}
        {{ column }},
        {%- endfor %}
        contact_count
    from {{ ref('int_driver_counts') }}
),

weeks as (
    select * from {{ ref('int_driver_weeks') }}
),

{%- for level, spec in levels.items() %}

{{ level }}_counts as (
    select
        '{{ level }}' as driver_level,
        {{ level_key(level) }} as series_key,
        source_id,
        {%- for column in driver_dimensions() %}
        {{ column if column in spec.dimensions else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as {{ column }},
        {%- endfor %}
        {{ cell_key(['source_id'] + spec.slice) }} as slice_key,
        week_no,
        sum(contact_count) as contact_count
    from counts
    group by source_id, {{ spec.dimensions | join(', ') }}, week_no
),
{%- endfor %}

level_counts as (
    {%- for level in levels %}
    select * from {{ level }}_counts
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- every series in every week of its source, so that weeks without contacts count as zero
series as (
    select
        driver_level,
        series_key,
        source_id,
        {%- for column in driver_dimensions() %}
        min({{ column }}) as {{ column }},
        {%- endfor %}
        min(slice_key) as slice_key,
        min(week_no) as first_week_no
    from level_counts
    group by 1, 2, 3
),

slice_counts as (
    select driver_level, slice_key, week_no, sum(contact_count) as slice_count
    from level_counts
    group by 1, 2, 3
)

select
    series.driver_level,
    series.series_key,
    series.source_id,
    {%- for column in driver_dimensions() %}
    series.{{ column }},
    {%- endfor %}
    weeks.week_start_date,
    weeks.week_no,
    weeks.is_complete_week,
    weeks.is_first_week,
    series.first_week_no <= weeks.week_no as has_begun,
    cast(coalesce(level_counts.contact_count, 0) as bigint) as contact_count,
    cast(coalesce(slice_counts.slice_count, 0) - coalesce(level_counts.contact_count, 0) as bigint) as other_count
from series
inner join weeks on series.source_id = weeks.source_id
left join level_counts
    on series.driver_level = level_counts.driver_level
    and series.series_key = level_counts.series_key
    and weeks.week_no = level_counts.week_no
left join slice_counts
    on series.driver_level = slice_counts.driver_level
    and series.slice_key = slice_counts.slice_key
    and weeks.week_no = slice_counts.week_no
