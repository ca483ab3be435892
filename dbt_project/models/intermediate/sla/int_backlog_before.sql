{{ config(materialized='incremental', incremental_strategy='kept_until_counted', on_schema_change='append_new_columns') }}
-- Runs before the marts of tickets, and reads their rows as fct_backlog_daily counted them. Nothing is noted where
-- everything is computed anew.
-- depends_on: {{ ref('int_build_scope') }}, {{ ref('int_tickets') }}, {{ ref('int_site_days') }}
{%- set as_of_us = counted_as_of_us(this) if is_incremental() and not build_is_full() %}
{%- set tickets_mart = adapter.get_relation(target.database, 'marts', 'fct_tickets') if as_of_us %}
{%- set segments_mart = adapter.get_relation(target.database, 'marts', 'fct_ticket_segments') if as_of_us %}
{%- set numbers = ['inflow', 'outflow', 'net', 'minor'] %}
{% if not as_of_us -%}
select
    cast(null as {{ dbt.type_string() }}) as ticket_key,
    cast(null as bigint) as counted_as_of_us,
    {%- for column in backlog_dimensions() %}
    cast(null as {{ dbt.type_string() }}) as {{ column }},
    {%- endfor %}
    cast(null as bigint) as age_band_no,
    cast(null as bigint) as date_no,
    {%- for number in numbers %}
    cast(null as bigint) as {{ number }}{{ ',' if not loop.last }}
    {%- endfor %}
from (select 1 as none) as nothing
where false
{%- else -%}
with batch as (
    {{ tickets_to_note() }}
),

tickets as (
    {{ rows_of_batch(tickets_mart, true) }}
),

segments as (
    {{ rows_of_batch(segments_mart, true) }}
),

{{ backlog_of_marts('tickets', 'segments') }},

{{ backlog_flows(as_of_us) }}

select
    tickets.ticket_key,
    cast(null as bigint) as counted_as_of_us,
    {%- for column in backlog_dimensions() %}
    cells.{{ column }},
    {%- endfor %}
    cast(flows.age_band_no as bigint) as age_band_no,
    cast(flows.date_no as bigint) as date_no,
    {%- for number in numbers %}
    cast(sum(flows.{{ number }}) as bigint) as {{ number }}{{ ',' if not loop.last }}
    {%- endfor %}
from backlog_flows as flows
inner join backlog_tickets as tickets on flows.ticket_no = tickets.ticket_no
inner join backlog_cells as cells on flows.cell_no = cells.cell_no
group by
    tickets.ticket_key,
    {%- for column in backlog_dimensions() %}
    cells.{{ column }},
    {%- endfor %}
    flows.age_band_no,
    flows.date_no

union all

-- a ticket is noted also where it counted for nothing
select
    ticket_key,
    null,
    {%- for column in backlog_dimensions() %}
    null,
    {%- endfor %}
    null,
    null,
    {%- for number in numbers %}
    0{{ ',' if not loop.last }}
    {%- endfor %}
from batch
{%- endif %}
