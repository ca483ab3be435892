{#- Age bands of open tickets: the days at which a ticket moves into the next one. -#}
{% macro age_band_limits() %}{{ return(var('backlog_age_band_days')) }}{% endmacro %}

{% macro age_band_name(number) -%}
    {%- set limits = age_band_limits() -%}
    {%- if number == 0 -%}under {{ limits[0] }} d
    {%- elif number == limits | length -%}{{ limits[-1] }} d and over
    {%- else -%}{{ limits[number - 1] }} to {{ limits[number] }} d
    {%- endif -%}
{%- endmacro %}

{#- Number of the band an age in microseconds falls into, from 0. -#}
{% macro age_band_no(age_us) -%}
    case
        {%- for limit in age_band_limits() %}
        when {{ age_us }} < {{ limit }} * {{ us_per_day() }} then {{ loop.index0 }}
        {%- endfor %}
        else {{ age_band_limits() | length }}
    end
{%- endmacro %}

{#- One row per band: number, name, age at which it begins and ends. -#}
{% macro age_bands() -%}
    {%- set limits = age_band_limits() -%}
    {%- for number in range(limits | length + 1) %}
    select
        {{ number }} as age_band_no,
        '{{ age_band_name(number) }}' as age_band,
        cast({{ 0 if loop.first else limits[number - 1] }} as bigint) * {{ us_per_day() }} as from_age_us,
        {{ end_us() if loop.last else limits[number] ~ ' * ' ~ us_per_day() }} as to_age_us
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- What a backlog cell is, besides the day and the age band. -#}
{% macro backlog_dimensions() %}
  {{- return(['source_id', 'line_of_business', 'channel', 'tier', 'vendor', 'priority', 'status_category']) -}}
{% endmacro %}

{#- What backlog_flows starts from, as CTEs: backlog_tickets (ticket_no, is_minor, channel, created_us, and left_us, when
    the ticket was merged or marked as spam) and backlog_segments (ticket_no, what a cell is but for the channel,
    is_deleted, from_us, to_us). Here of rows of fct_tickets and fct_ticket_segments, two CTEs. -#}
{% macro backlog_of_marts(tickets, segments) %}
backlog_tickets as (
    select
        ticket_key,
        {{ any_number() }} as ticket_no,
        channel,
        coalesce(is_minor, false) as is_minor,
        {{ micros('created_at') }} as created_us,
        least(
            coalesce({{ micros('merged_at') }}, {{ end_us() }}), coalesce({{ micros('marked_spam_at') }}, {{ end_us() }})
        ) as left_us
    from {{ tickets }}
),

backlog_segments as (
    select
        tickets.ticket_no,
        segments.source_id,
        segments.line_of_business,
        segments.tier,
        segments.vendor,
        segments.priority,
        segments.status_category,
        segments.is_deleted,
        {{ micros('segments.valid_from') }} as from_us,
        coalesce({{ micros('segments.valid_to') }}, {{ end_us() }}) as to_us
    from {{ segments }} as segments
    inner join backlog_tickets as tickets on segments.ticket_key = tickets.ticket_key
)
{%- endmacro %}

{#- The same of what a full build has computed for those marts: numbers and codes instead of texts. -#}
{% macro backlog_of_build() %}
backlog_tickets as (
    select
        tickets.ticket_no,
        tickets.channel,
        coalesce(tickets.is_minor, false) as is_minor,
        tickets.created_us,
        least(coalesce(endings.merged_us, {{ end_us() }}), coalesce(endings.spam_us, {{ end_us() }})) as left_us
    from {{ ref('int_tickets') }} as tickets
    left join {{ ref('int_ticket_endings') }} as endings on tickets.ticket_no = endings.ticket_no
),

backlog_segments as (
    select
        segments.ticket_no,
        tickets.source_id,
        segments.line_of_business,
        segments.tier,
        segments.vendor,
        segments.priority,
        segments.category as status_category,
        segments.is_deleted,
        segments.from_us,
        coalesce(segments.to_us, {{ end_us() }}) as to_us
    from {{ ref('int_ticket_segments') }} as segments
    inner join {{ ref('int_tickets') }} as tickets on segments.ticket_no = tickets.ticket_no
)
{%- endmacro %}

{#- How tickets move through the backlog up to as_of, as CTEs of which the last two are the result. From interval
    starts and ends, never ticket x day. Stands behind one of the two macros above.

    backlog_cells: the cells, numbered, so that millions of intervals are sorted and summed by numbers.
    backlog_flows: rows to add up by ticket_no, cell_no, age_band_no and date_no (days since 1970 in the site's zone):
    inflow and outflow of the day; net, whose running sum over days is the closing count; minor, whose running sum is
    the number of minors' tickets that are in the cell at any time of the day. What is open at as_of is taken out of
    net and minor the day after it, so that nothing of it lies beyond the last day. -#}
{% macro backlog_flows(as_of_us) %}
-- when a ticket is open (A46): unsolved, not deleted, not yet merged or marked as spam
open_intervals as (
    select
        segments.*,
        tickets.channel,
        tickets.is_minor,
        tickets.created_us,
        least(segments.to_us, tickets.left_us) as until_us
    from backlog_segments as segments
    inner join backlog_tickets as tickets on segments.ticket_no = tickets.ticket_no
    where segments.status_category in ('new', 'open', 'pending', 'on_hold')
        and not segments.is_deleted
        and segments.from_us < tickets.left_us
),

backlog_cells as (
    select
        *,
        row_number() over (order by {{ backlog_dimensions() | join(', ') }}) as cell_no
    from (select distinct {{ backlog_dimensions() | join(', ') }} from open_intervals) as distinct_cells
),

placed as (
    select
        open_intervals.ticket_no,
        open_intervals.is_minor,
        cells.cell_no,
        open_intervals.created_us,
        open_intervals.from_us,
        open_intervals.until_us as to_us,
        {{ age_band_no('open_intervals.from_us - open_intervals.created_us') }} as first_band_no,
        {{ age_band_no('least(open_intervals.until_us - 1, ' ~ as_of_us ~ ') - open_intervals.created_us') }} as last_band_no
    from open_intervals
    inner join backlog_cells as cells on {{ same_values('open_intervals', 'cells', backlog_dimensions()) }}
),

age_bands as (
    {{ age_bands() }}
),

-- a ticket moves between cells as it ages: its intervals are split where it does
pieces as (
    select ticket_no, is_minor, cell_no, first_band_no as age_band_no, from_us, to_us
    from placed
    where first_band_no = last_band_no
    union all
    select
        placed.ticket_no,
        placed.is_minor,
        placed.cell_no,
        age_bands.age_band_no,
        greatest(placed.from_us, placed.created_us + age_bands.from_age_us),
        least(placed.to_us, placed.created_us + age_bands.to_age_us)
    from placed
    inner join age_bands on age_bands.age_band_no between placed.first_band_no and placed.last_band_no
    where placed.first_band_no < placed.last_band_no
),

compared as (
    select
        *,
        coalesce(
            lag(to_us) over by_ticket = from_us
            and lag(cell_no) over by_ticket = cell_no
            and lag(age_band_no) over by_ticket = age_band_no,
            false
        ) as stays
    from pieces
    window by_ticket as (partition by ticket_no order by from_us)
),

-- what begins and ends inside one cell, a change of assignee for instance, moves nothing: the end of the piece
-- before is taken back
moves as (
    select
        ticket_no, cell_no, age_band_no, from_us as at_us,
        case when stays then 0 else 1 end as inflow, case when stays then -1 else 0 end as outflow
    from compared
    union all
    select ticket_no, cell_no, age_band_no, to_us, 0, 1
    from compared
    where to_us <= {{ as_of_us }}
),

last_days as (
    select max(date_no) as date_no from {{ ref('int_site_days') }} where from_us <= {{ as_of_us }}
),

minor_days as (
    select
        compared.ticket_no,
        compared.cell_no,
        compared.age_band_no,
        compared.from_us,
        first_days.date_no as first_date_no,
        final_days.date_no as final_date_no
    from compared
    {{ join_site_day('first_days', 'compared.from_us') }}
    {{ join_site_day('final_days', 'least(compared.to_us, ' ~ as_of_us ~ ')') }}
    where compared.is_minor
),

-- a ticket that comes back into a cell on the day it left counts once
minor_stays as (
    select
        *,
        greatest(first_date_no, coalesce(lag(final_date_no) over (
            partition by ticket_no, cell_no, age_band_no order by from_us
        ) + 1, first_date_no)) as counted_date_no
    from minor_days
),

backlog_flows as (
    select
        moves.ticket_no, moves.cell_no, moves.age_band_no, site_days.date_no,
        moves.inflow, moves.outflow, moves.inflow - moves.outflow as net, 0 as minor
    from moves
    {{ join_site_day('site_days', 'moves.at_us') }}
    union all
    select compared.ticket_no, compared.cell_no, compared.age_band_no, last_days.date_no + 1, 0, 0, -1, 0
    from compared
    cross join last_days
    where compared.to_us > {{ as_of_us }}
    union all
    select ticket_no, cell_no, age_band_no, counted_date_no, 0, 0, 0, 1 from minor_stays
    union all
    select ticket_no, cell_no, age_band_no, final_date_no + 1, 0, 0, 0, -1 from minor_stays
)
{%- endmacro %}
