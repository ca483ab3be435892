{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    full_refresh=false,
    schema='records',
    pre_hook="{{ forget_unpublished_records() }}",
) }}
-- The record of what was reported (A48): appended once, when a week or month closes, and kept, on a full refresh
-- too. A period is closed by the first build whose as_of is at or after its end. Each such build leaves one row
-- without sla_key that says so, also where nothing had ended.
with last_record as (
    {{ last_record('sla_key') }}
),

this_record as (
    {{ this_record() }}
),

weeks as (
    select week_start_date, max(to_us) as ends_us from {{ ref('int_site_days') }} group by 1
),

months as (
    select month_start_date, max(to_us) as ends_us from {{ ref('int_site_days') }} group by 1
),

closing_weeks as (
    select weeks.week_start_date from weeks
    cross join last_record
    where weeks.ends_us > last_record.recorded_as_of_us and weeks.ends_us <= {{ as_of_us() }}
),

closing_months as (
    select months.month_start_date from months
    cross join last_record
    where months.ends_us > last_record.recorded_as_of_us and months.ends_us <= {{ as_of_us() }}
),

final_rows as (
    select
        sla.*,
        tickets.is_excluded,
        {{ micros('sla.ended_at') }} as ended_us
    from {{ ref('fct_ticket_sla') }} as sla
    inner join {{ ref('fct_tickets') }} as tickets on sla.ticket_key = tickets.ticket_key
    where sla.is_final and sla.ended_at is not null{{ '' if a_period_closes() else ' and false' }}
)

select
    final_rows.sla_key,
    final_rows.ticket_key,
    final_rows.source_id,
    final_rows.ticket_id,
    final_rows.metric,
    final_rows.instance_no,
    final_rows.version_no,
    closing_weeks.week_start_date as closed_week_date,
    closing_months.month_start_date as closed_month_date,
    this_record.recorded_as_of_us,
    this_record.recorded_load_no,
    final_rows.ended_us,
    final_rows.status,
    final_rows.policy_id,
    final_rows.priority,
    final_rows.hours,
    final_rows.target_seconds,
    final_rows.elapsed_seconds,
    final_rows.tier,
    final_rows.vendor,
    final_rows.line_of_business,
    final_rows.market,
    final_rows.is_excluded
from final_rows
cross join this_record
{{ join_site_day('site_days', 'final_rows.ended_us') }}
left join closing_weeks on site_days.week_start_date = closing_weeks.week_start_date
left join closing_months on site_days.month_start_date = closing_months.month_start_date
where closing_weeks.week_start_date is not null or closing_months.month_start_date is not null

union all

select
    {%- for column in ['sla_key', 'ticket_key', 'source_id', 'ticket_id', 'metric'] %}
    cast(null as {{ dbt.type_string() }}) as {{ column }},
    {%- endfor %}
    cast(null as int) as instance_no,
    cast(null as int) as version_no,
    cast(null as date) as closed_week_date,
    cast(null as date) as closed_month_date,
    recorded_as_of_us,
    recorded_load_no,
    cast(null as bigint) as ended_us,
    {%- for column in ['status', 'policy_id', 'priority', 'hours'] %}
    cast(null as {{ dbt.type_string() }}) as {{ column }},
    {%- endfor %}
    cast(null as {{ dbt.type_float() }}) as target_seconds,
    cast(null as {{ dbt.type_float() }}) as elapsed_seconds,
    {%- for column in ['tier', 'vendor', 'line_of_business', 'market'] %}
    cast(null as {{ dbt.type_string() }}) as {{ column }},
    {%- endfor %}
    cast(null as boolean) as is_excluded
from this_record
where exists (select 1 from closing_weeks) or exists (select 1 from closing_months)
