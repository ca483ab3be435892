{{ config(materialized='incremental', incremental_strategy='kept_until_counted', on_schema_change='append_new_columns') }}
-- Runs before fct_ticket_sla, and reads its rows as agg_sla_daily counted them. Nothing is noted where everything is
-- computed anew.
-- depends_on: {{ ref('int_build_scope') }}, {{ ref('int_tickets') }}, {{ ref('int_site_days') }}
{%- set is_noted = is_incremental() and not build_is_full() and counted_as_of_us(this) is not none %}
{%- set sla_mart = adapter.get_relation(target.database, 'marts', 'fct_ticket_sla') if is_noted %}
{% if not is_noted -%}
select
    cast(null as {{ dbt.type_string() }}) as ticket_key,
    cast(null as bigint) as counted_as_of_us,
    {%- for column in sla_daily_dimensions() %}
    cast(null as {{ 'date' if column == 'ended_date' else dbt.type_string() }}) as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
from (select 1 as none) as nothing
where false
{%- else -%}
with batch as (
    {{ tickets_to_note() }}
),

sla as (
    {{ rows_of_batch(sla_mart, true) }}
),

outcomes as (
    {{ sla_outcomes('sla') }}
)

select distinct
    ticket_key,
    cast(null as bigint) as counted_as_of_us,
    {{ sla_daily_dimensions() | join(',\n    ') }}
from outcomes

union all

-- a ticket is noted also where it counted nowhere
select
    ticket_key,
    null,
    {%- for column in sla_daily_dimensions() %}
    null{{ ',' if not loop.last }}
    {%- endfor %}
from batch
{%- endif %}
