{{ config(
    materialized='incremental',
    incremental_strategy='changed_cells',
    unique_key='sla_daily_key',
    incremental_predicates=['instance_count > 0'],
    on_schema_change='append_new_columns',
    post_hook="{{ cells_are_counted(ref('int_sla_daily_before')) }}",
) }}
-- A build of changed tickets counts the cells anew in which one of them was, or is.
-- depends_on: {{ ref('int_build_scope') }}, {{ ref('int_tickets') }}, {{ ref('int_sla_daily_before') }}
{%- set dimensions = sla_daily_dimensions() %}
{%- set is_partial = is_incremental() and not build_is_full() %}
with {% if is_partial -%}
batch as (
    {{ tickets_to_count(ref('int_sla_daily_before')) }}
),

sla as (
    {{ rows_of_batch(ref('fct_ticket_sla'), true) }}
),

outcomes_of_batch as (
    {{ sla_outcomes('sla') }}
),

cells as (
    select {{ dimensions | join(', ') }} from {{ ref('int_sla_daily_before') }} where source_id is not null
    union
    select {{ dimensions | join(', ') }} from outcomes_of_batch
),

{% endif -%}
tickets as (
    select ticket_key, coalesce(is_minor, false) as is_minor from {{ ref('fct_tickets') }} where not is_excluded
),

outcomes as (
    {{ sla_outcomes(ref('fct_ticket_sla')) }}
),

counted as (
    select
        {%- for column in dimensions %}
        outcomes.{{ column }},
        {%- endfor %}
        count(*) as instance_count,
        count(case when outcomes.status = 'met' then 1 end) as met_count,
        count(case when outcomes.status = 'breached' then 1 end) as breached_count,
        count(case when outcomes.ended_at is null then 1 end) as open_breached_count,
        count(case when tickets.is_minor then 1 end) as minor_count,
        {{ percentiles('outcomes.elapsed_seconds', [0.5, 0.9]) }} as elapsed_percentiles
    from outcomes
    {%- if is_partial %}
    inner join cells on {{ same_values('outcomes', 'cells', dimensions) }}
    {%- endif %}
    inner join tickets on outcomes.ticket_key = tickets.ticket_key
    group by
        {%- for column in dimensions %}
        outcomes.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
){% if is_partial %},

-- a cell that is empty now comes along, so that the row that stands goes
with_empty_cells as (
    select
        {%- for column in dimensions %}
        cells.{{ column }},
        {%- endfor %}
        {%- for count in ['instance_count', 'met_count', 'breached_count', 'open_breached_count', 'minor_count'] %}
        coalesce(counted.{{ count }}, 0) as {{ count }},
        {%- endfor %}
        counted.elapsed_percentiles
    from cells
    left join counted on {{ same_values('cells', 'counted', dimensions) }}
){% endif %}

select
    {{ cell_key(dimensions) }} as sla_daily_key,
    {{ dimensions | join(',\n    ') }},
    instance_count,
    met_count,
    breached_count,
    open_breached_count,
    {{ rate('met_count', 'instance_count') }} as attainment_rate,
    {{ wilson_lower('met_count', 'instance_count') }} as attainment_lower_rate,
    {{ wilson_upper('met_count', 'instance_count') }} as attainment_upper_rate,
    {{ percentile_of('elapsed_percentiles', 0) }} as elapsed_seconds_p50,
    {{ percentile_of('elapsed_percentiles', 1) }} as elapsed_seconds_p90,
    minor_count
from {{ 'with_empty_cells' if is_partial else 'counted' }}
