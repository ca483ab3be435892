-- Who has an unsolved ticket in hand, and when; of tickets that count. A change of something else cuts a stretch.
with tickets as (
    select ticket_key, is_minor from {{ ref('fct_tickets') }} where not is_excluded
),

homes as (
    {{ agent_homes() }}
),

segments as (
    select * from {{ ref('fct_ticket_segments') }}
    where assignee_id is not null
        and status_category in ('new', 'open', 'pending', 'on_hold')
        and not is_deleted
)

select
    homes.agent_source_id,
    segments.assignee_id as agent_id,
    segments.ticket_key,
    tickets.is_minor,
    segments.status_category in ('new', 'open') as is_at_work,
    {{ micros('segments.valid_from') }} as from_us,
    coalesce({{ micros('segments.valid_to') }}, {{ end_us() }}) as to_us
from segments
inner join tickets on segments.ticket_key = tickets.ticket_key
inner join homes on segments.source_id = homes.source_id
