{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    full_refresh=false,
    schema='records',
    pre_hook="{{ forget_unpublished_records() }}",
) }}
-- The value of each cohort as it stood when its week closed: appended once and kept, on a full refresh too. A week is
-- closed by the first build whose as_of is at or after its end; each such build leaves one row without a key.
{%- set cell = ['source_id', 'line_of_business', 'market', 'language', 'tier', 'vendor'] %}
{%- set values = ['sent_count', 'responded_count', 'satisfied_count', 'dissatisfied_count', 'minor_count'] %}
with last_record as (
    {{ last_record('csat_weekly_key') }}
),

this_record as (
    {{ this_record() }}
),

closing_weeks as (
    select weeks.week_start_date
    from (select week_start_date, max(to_us) as ends_us from {{ ref('int_site_days') }} group by 1) as weeks
    cross join last_record
    where weeks.ends_us > last_record.recorded_as_of_us and weeks.ends_us <= {{ as_of_us() }}
)

select
    cohorts.csat_weekly_key,
    cohorts.sent_week_date as closed_week_date,
    this_record.recorded_as_of_us,
    this_record.recorded_load_no,
    {%- for column in cell + values %}
    cohorts.{{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ ref('agg_csat_weekly') }} as cohorts
cross join this_record
inner join closing_weeks on cohorts.sent_week_date = closing_weeks.week_start_date

union all

select
    cast(null as {{ dbt.type_string() }}),
    cast(null as date),
    recorded_as_of_us,
    recorded_load_no,
    {%- for column in cell %}
    cast(null as {{ dbt.type_string() }}),
    {%- endfor %}
    {%- for column in values %}
    cast(null as bigint){{ ',' if not loop.last }}
    {%- endfor %}
from this_record
where exists (select 1 from closing_weeks)
