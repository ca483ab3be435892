{{ config(materialized='view') }}
-- The record of closed periods beside what is known now. Most rows stand as recorded: they are read from the record,
-- which is kept anyway, and only the others are computed.
{%- set values = reported_values() %}
with records as (
    select * from {{ ref('int_sla_records') }} where sla_key is not null
),

differences as (
    select * from {{ ref('int_sla_differences') }}
),

unchanged as (
    select
        records.*,
        site_days.week_start_date,
        site_days.month_start_date
    from records
    {{ join_site_day('site_days', 'records.ended_us') }}
    left join differences
        on records.sla_key = differences.sla_key
        and records.recorded_as_of_us = {{ micros('differences.recorded_as_of') }}
    where differences.sla_key is null
)

select * from differences

union all

select
    md5(concat(sla_key, '|', cast(recorded_as_of_us as {{ dbt.type_string() }}), '|')) as sla_reported_key,
    sla_key,
    ticket_key,
    source_id,
    ticket_id,
    metric,
    instance_no,
    version_no,
    closed_week_date,
    closed_month_date,
    {{ instant('recorded_as_of_us') }} as recorded_as_of,
    {{ instant('ended_us') }} as recorded_ended_at,
    {%- for value in values %}
    {{ value }} as recorded_{{ value }},
    {%- endfor %}
    {{ instant('ended_us') }} as restated_ended_at,
    week_start_date as restated_week_date,
    month_start_date as restated_month_date,
    {%- for value in values %}
    {{ value }} as restated_{{ value }},
    {%- endfor %}
    true as restated_is_final,
    false as is_different,
    cast(null as {{ dbt.type_string() }}) as difference_reason
from unchanged
