{{ config(materialized='incremental', incremental_strategy='changed_tickets', on_schema_change='append_new_columns') }}
-- depends_on: {{ ref('int_build_scope') }}
with tickets as (
    select * from {{ ref('int_tickets') }}
),

intervals as (
    select * from {{ ref('int_ticket_intervals') }}
),

-- solves and reopens alternate, so the turn after a solve is its reopen
turns as (
    select
        ticket_no,
        event_no,
        at_us,
        is_solve,
        lead(at_us) over (partition by ticket_no order by event_no) as reopened_us
    from {{ ref('int_ticket_status_changes') }}
    where is_solve or is_reopen
),

solves as (
    select
        *,
        cast(row_number() over (partition by ticket_no order by event_no) as int) as solve_no
    from turns
    where is_solve
)

select
    {{ surrogate_key(['tickets.ticket_key', 'solves.solve_no']) }} as solve_key,
    tickets.ticket_key,
    {{ decoded('tickets.source_id') }} as source_id,
    tickets.ticket_id,
    solves.solve_no,
    {{ instant('solves.at_us') }} as solved_at,
    {{ instant('solves.reopened_us') }} as reopened_at,
    {{ decoded('intervals.assignee_id') }} as assignee_id,
    {{ decoded('intervals.group_id') }} as group_id,
    {{ decoded('intervals.tier') }} as tier,
    {{ decoded('intervals.vendor') }} as vendor,
    {{ decoded('intervals.line_of_business') }} as line_of_business,
    {{ decoded('intervals.market') }} as market,
    {{ decoded('intervals.language') }} as language,
    {{ decoded('intervals.priority') }} as priority
from solves
inner join tickets on solves.ticket_no = tickets.ticket_no
inner join intervals
    on solves.ticket_no = intervals.ticket_no
    and intervals.from_us <= solves.at_us
    and solves.at_us < intervals.to_us
