{{ config(
    materialized='incremental',
    incremental_strategy='changed_cells',
    unique_key='backlog_key',
    incremental_predicates=['opening_count + inflow_count > 0'],
    on_schema_change='append_new_columns',
    post_hook="{{ cells_are_counted(ref('int_backlog_before')) }}",
) }}
-- Running sums over the days on which something moved, per cell. A build of changed tickets sums up how they move now
-- less how they moved before, and adds what comes out to the rows that stand; all counts of a row can be added up.
-- depends_on: {{ ref('int_build_scope') }}, {{ ref('int_tickets') }}, {{ ref('int_backlog_before') }}
-- depends_on: {{ ref('fct_tickets') }}, {{ ref('fct_ticket_segments') }}, {{ ref('int_ticket_segments') }}, {{ ref('int_ticket_endings') }}
{%- set dimensions = backlog_dimensions() %}
{%- set numbers = ['inflow', 'outflow', 'net', 'minor'] %}
{%- set is_full = build_is_full() %}
{%- set is_partial = is_incremental() and not is_full %}
{#- tickets of a build that did not come to this model are not among those of this build -#}
{%- set is_of_build = is_full or (is_partial and not has_tickets_of_other_builds(ref('int_backlog_before'))) %}
with {% if is_of_build -%}
{{ backlog_of_build() }},

{% else -%}
{% if is_partial -%}
batch as (
    {{ tickets_to_count(ref('int_backlog_before')) }}
),

{% endif -%}
tickets as (
    {{ rows_of_batch(ref('fct_tickets'), is_partial) }}
),

segments as (
    {{ rows_of_batch(ref('fct_ticket_segments'), is_partial) }}
),

{{ backlog_of_marts('tickets', 'segments') }},

{% endif -%}
{{ backlog_flows(as_of_us()) }},

{% if is_partial -%}
before as (
    select * from {{ ref('int_backlog_before') }} where source_id is not null
),

cells as (
    select
        *,
        {{ cell_key(dimensions) }} as cell_key,
        row_number() over (order by {{ dimensions | join(', ') }}) as cell_no
    from (
        select {{ dimensions | join(', ') }} from backlog_cells
        union
        select {{ dimensions | join(', ') }} from before
    ) as distinct_cells
),

differences as (
    select
        cells.cell_no, flows.age_band_no, flows.date_no
        {%- for number in numbers %}, flows.{{ number }}{% endfor %}
    from backlog_flows as flows
    inner join backlog_cells on flows.cell_no = backlog_cells.cell_no
    inner join cells on {{ same_values('backlog_cells', 'cells', dimensions) }}
    union all
    select
        cells.cell_no, before.age_band_no, before.date_no
        {%- for number in numbers %}, -before.{{ number }}{% endfor %}
    from before
    inner join cells on {{ same_values('before', 'cells', dimensions) }}
),
{%- else -%}
cells as (
    select
        {%- for column in dimensions %}
        {{ decoded(column) }} as {{ column }},
        {%- endfor %}
        {{ cell_key(dimensions) }} as cell_key,
        cell_no
    from backlog_cells
),

differences as (
    select * from backlog_flows
),
{%- endif %}

daily as (
    select
        cell_no,
        age_band_no,
        date_no,
        {%- for number in numbers %}
        sum({{ number }}) as {{ number }}{{ ',' if not loop.last }}
        {%- endfor %}
    from differences
    where date_no <= (select date_no from last_days)
    group by cell_no, age_band_no, date_no
    {%- if is_partial %}
    having {% for number in numbers %}sum({{ number }}) <> 0{{ ' or ' if not loop.last }}{% endfor %}
    {%- endif %}
),

balances as (
    select
        daily.*,
        sum(net) over so_far as closing,
        sum(minor) over so_far as minors,
        coalesce(lead(daily.date_no) over by_cell, last_days.date_no + 1) as next_date_no
    from daily
    cross join last_days
    window
        by_cell as (partition by cell_no, age_band_no order by daily.date_no),
        so_far as (partition by cell_no, age_band_no order by daily.date_no rows between unbounded preceding and current row)
),

site_dates as (
    select distinct date_no, site_date from {{ ref('int_site_days') }} where from_us <= {{ as_of_us() }}
),

-- every day up to as_of has a row of each cell that is not empty
filled as (
    select cell_no, age_band_no, date_no, closing - inflow + outflow as opening, inflow, outflow, closing, minors
    from balances
    where inflow <> 0 or outflow <> 0 or closing <> 0 or minors <> 0
    union all
    select balances.cell_no, balances.age_band_no, site_dates.date_no, balances.closing, 0, 0, balances.closing, balances.minors
    from balances
    inner join site_dates on site_dates.date_no > balances.date_no and site_dates.date_no < balances.next_date_no
    where (balances.closing <> 0 or balances.minors <> 0) and balances.next_date_no > balances.date_no + 1
),

named as (
    select
        {{ surrogate_key(['site_dates.site_date', 'filled.age_band_no', 'cells.cell_key']) }} as backlog_key,
        site_dates.site_date as backlog_date,
        {%- for column in dimensions %}
        cells.{{ column }},
        {%- endfor %}
        cast(filled.age_band_no as int) as age_band_no,
        case filled.age_band_no
            {%- for number in range(age_band_limits() | length + 1) %}
            when {{ number }} then '{{ age_band_name(number) }}'
            {%- endfor %}
        end as age_band,
        filled.opening,
        filled.inflow,
        filled.outflow,
        filled.closing,
        filled.minors
    from filled
    inner join cells on filled.cell_no = cells.cell_no
    inner join site_dates on filled.date_no = site_dates.date_no
)

select
    named.backlog_key,
    named.backlog_date,
    {%- for column in dimensions %}
    named.{{ column }},
    {%- endfor %}
    named.age_band_no,
    named.age_band,
    {%- for number, count in [('opening', 'opening_count'), ('inflow', 'inflow_count'), ('outflow', 'outflow_count'),
        ('closing', 'closing_count'), ('minors', 'minor_count')] %}
    cast(named.{{ number }}{% if is_partial %} + coalesce(built.{{ count }}, 0){% endif %} as bigint) as {{ count }}{{ ',' if not loop.last }}
    {%- endfor %}
from named
{%- if is_partial %}
left join {{ this }} as built on named.backlog_key = built.backlog_key
{%- endif %}
