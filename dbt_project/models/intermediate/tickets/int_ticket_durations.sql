{{ config(materialized='view') }}
-- Where the time of a ticket's life went (SEMANTICS 2, A29, A30): by status category and by holder, in
-- calendar and open microseconds. *_lacks_schedule says that a business sum measured time without schedule.
{%- set parts = {
    'requester_wait': "segments.category in ('new', 'open', 'on_hold')",
    'agent_work': "segments.category in ('new', 'open')",
    'pending': "segments.category = 'pending'",
    'on_hold': "segments.category = 'on_hold'",
    'unassigned': "segments.category in ('new', 'open', 'pending', 'on_hold') and segments.assignee_id is null",
} %}
{%- set holders = {
    'requester_held': "segments.category = 'pending'",
    'queue': "segments.category in ('new', 'open', 'on_hold') and segments.assignee_id is null",
    't2': "segments.category in ('new', 'open', 'on_hold') and segments.assignee_id is not null and segments.tier = 'T2'",
    't1': "segments.category in ('new', 'open', 'on_hold') and segments.assignee_id is not null and coalesce(segments.tier <> 'T2', true)",
} %}
select
    segments.ticket_no,
    {%- for part, condition in parts.items() %}
    cast(sum(case when {{ condition }} then segments.calendar_us else 0 end) as bigint) as {{ part }}_calendar_us,
    cast(sum(case when {{ condition }} then segments.open_us else 0 end) as bigint) as {{ part }}_open_us,
    max(case when {{ condition }} and segments.lacks_schedule then 1 else 0 end) = 1 as {{ part }}_lacks_schedule,
    {%- endfor %}
    {%- for holder, condition in holders.items() %}
    cast(sum(case when {{ condition }} then segments.calendar_us else 0 end) as bigint) as {{ holder }}_calendar_us,
    {%- endfor %}
    -- resolved time counts up to the last solve, or to as_of while the ticket is open again
    cast(sum(case
        when segments.category in ('solved', 'closed')
            then greatest(case when solves.is_resolved then least(segments.until_us, solves.last_solved_us) else segments.until_us end
                - segments.from_us, 0)
        else 0
    end) as bigint) as solved_gap_calendar_us
from {{ ref('int_ticket_segments') }} as segments
inner join {{ ref('int_ticket_solves') }} as solves on segments.ticket_no = solves.ticket_no
group by 1
