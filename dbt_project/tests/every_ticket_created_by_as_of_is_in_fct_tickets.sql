-- Inner joins on the way could lose a ticket, an incremental build could forget to add or to remove one.
select tickets.source_id, tickets.ticket_id, 'missing' as problem
from {{ ref('int_tickets__unioned') }} as tickets
left join {{ ref('fct_tickets') }} as facts
    on tickets.source_id = facts.source_id and tickets.ticket_id = facts.ticket_id
where facts.ticket_id is null and {{ micros('tickets.created_at') }} <= {{ as_of_us() }}
union all
select facts.source_id, facts.ticket_id, 'not delivered by as_of'
from {{ ref('fct_tickets') }} as facts
left join {{ ref('int_tickets__unioned') }} as tickets
    on facts.source_id = tickets.source_id and facts.ticket_id = tickets.ticket_id
    and {{ micros('tickets.created_at') }} <= {{ as_of_us() }}
where tickets.ticket_id is null
