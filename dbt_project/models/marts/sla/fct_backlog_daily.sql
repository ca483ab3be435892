{%- set dimensions = ['source_id', 'line_of_business', 'channel', 'tier', 'vendor', 'priority', 'status_category'] %}
-- From interval starts and ends: running sums over the days on which something moved, per cell; never ticket x day.
with tickets as (
    select
        ticket_key,
        channel,
        {{ micros('created_at') }} as created_us,
        least(
            coalesce({{ micros('merged_at') }}, {{ end_us() }}), coalesce({{ micros('marked_spam_at') }}, {{ end_us() }})
        ) as left_us
    from {{ ref('fct_tickets') }}
),

-- when a ticket is open (A46): unsolved, not deleted, not yet merged or marked as spam
open_intervals as (
    select
        segments.ticket_key,
        segments.source_id,
        tickets.channel,
        segments.line_of_business,
        segments.tier,
        segments.vendor,
        segments.priority,
        segments.status_category,
        tickets.created_us,
        {{ micros('segments.valid_from') }} as from_us,
        least(coalesce({{ micros('segments.valid_to') }}, {{ end_us() }}), tickets.left_us) as to_us
    from {{ ref('fct_ticket_segments') }} as segments
    inner join tickets on segments.ticket_key = tickets.ticket_key
    where segments.status_category in ('new', 'open', 'pending', 'on_hold')
        and not segments.is_deleted
        and {{ micros('segments.valid_from') }} < tickets.left_us
),

-- numbered, so that millions of intervals are sorted and summed by numbers
cells as (
    select
        *,
        {{ cell_key(dimensions) }} as cell_key,
        row_number() over (order by {{ dimensions | join(', ') }}) as cell_no
    from (select distinct {{ dimensions | join(', ') }} from open_intervals) as distinct_cells
),

placed as (
    select
        open_intervals.ticket_key,
        cells.cell_no,
        open_intervals.created_us,
        open_intervals.from_us,
        open_intervals.to_us,
        {{ age_band_no('open_intervals.from_us - open_intervals.created_us') }} as first_band_no,
        {{ age_band_no('least(open_intervals.to_us - 1, ' ~ as_of_us() ~ ') - open_intervals.created_us') }} as last_band_no
    from open_intervals
    inner join cells
        on {% for column in dimensions -%}
        open_intervals.{{ column }} is not distinct from cells.{{ column }}
        {{ 'and ' if not loop.last }}
        {%- endfor %}
),

age_bands as (
    {{ age_bands() }}
),

-- a ticket moves between cells as it ages: its intervals are split where it does
pieces as (
    select ticket_key, cell_no, first_band_no as age_band_no, from_us, to_us
    from placed
    where first_band_no = last_band_no
    union all
    select
        placed.ticket_key,
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
    window by_ticket as (partition by ticket_key order by from_us)
),

-- what begins and ends inside one cell, a change of assignee for instance, moves nothing: the end of the piece
-- before is taken back
moves as (
    select cell_no, age_band_no, from_us as at_us, case when stays then 0 else 1 end as inflow, case when stays then -1 else 0 end as outflow
    from compared
    union all
    select cell_no, age_band_no, to_us, 0, 1
    from compared
    where to_us <= {{ as_of_us() }}
),

dated as (
    select
        moves.cell_no,
        moves.age_band_no,
        site_days.date_no,
        sum(moves.inflow) as inflow,
        sum(moves.outflow) as outflow
    from moves
    {{ join_site_day('site_days', 'moves.at_us') }}
    group by moves.cell_no, moves.age_band_no, site_days.date_no
),

last_day as (
    select max(date_no) as last_date_no from {{ ref('int_site_days') }} where from_us <= {{ as_of_us() }}
),

balances as (
    select
        dated.*,
        sum(inflow - outflow) over (by_cell rows between unbounded preceding and current row) as closing,
        coalesce(lead(date_no) over by_cell, last_day.last_date_no + 1) as next_date_no
    from dated
    cross join last_day
    window by_cell as (partition by cell_no, age_band_no order by date_no)
),

site_dates as (
    select distinct date_no, site_date from {{ ref('int_site_days') }} where from_us <= {{ as_of_us() }}
),

-- every day up to as_of has a row of each cell that is not empty
filled as (
    select cell_no, age_band_no, date_no, closing - inflow + outflow as opening, inflow, outflow, closing from balances
    where inflow <> 0 or outflow <> 0 or closing <> 0
    union all
    select balances.cell_no, balances.age_band_no, site_dates.date_no, balances.closing, 0, 0, balances.closing
    from balances
    inner join site_dates on site_dates.date_no > balances.date_no and site_dates.date_no < balances.next_date_no
    where balances.closing > 0 and balances.next_date_no > balances.date_no + 1
)

select
    {{ surrogate_key(['site_dates.site_date', 'filled.age_band_no', 'cells.cell_key']) }} as backlog_key,
    site_dates.site_date as backlog_date,
    cells.source_id,
    cells.line_of_business,
    cells.channel,
    cells.tier,
    cells.vendor,
    cells.priority,
    cells.status_category,
    cast(filled.age_band_no as int) as age_band_no,
    case filled.age_band_no
        {%- for number in range(age_band_limits() | length + 1) %}
        when {{ number }} then '{{ age_band_name(number) }}'
        {%- endfor %}
    end as age_band,
    cast(filled.opening as bigint) as opening_count,
    cast(filled.inflow as bigint) as inflow_count,
    cast(filled.outflow as bigint) as outflow_count,
    cast(filled.closing as bigint) as closing_count
from filled
inner join cells on filled.cell_no = cells.cell_no
inner join site_dates on filled.date_no = site_dates.date_no
