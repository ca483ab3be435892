-- The two marts are written apart; a ticket renewed in one only shows here.
with segments as (
    select
        ticket_key,
        sum(case when status_category = 'pending' then seconds_calendar else 0 end) as pending_seconds,
        sum(case when status_category in ('new', 'open') then seconds_calendar else 0 end) as agent_work_seconds,
        sum(case when status_category = 'on_hold' then seconds_calendar else 0 end) as on_hold_seconds
    from {{ ref('fct_ticket_segments') }}
    group by 1
)

select tickets.source_id, tickets.ticket_id
from {{ ref('fct_tickets') }} as tickets
left join segments on tickets.ticket_key = segments.ticket_key
where segments.ticket_key is null
    or abs(tickets.pending_seconds_calendar - segments.pending_seconds) > 0.001
    or abs(tickets.agent_work_seconds_calendar - segments.agent_work_seconds) > 0.001
    or abs(tickets.on_hold_seconds_calendar - segments.on_hold_seconds) > 0.001
