-- A10, SEMANTICS 3: the SLA engine and fct_tickets find the first reply on separate ways.
select sla.source_id, sla.ticket_id, sla.ended_at, tickets.first_replied_at
from {{ ref('fct_ticket_sla') }} as sla
inner join {{ ref('fct_tickets') }} as tickets on sla.ticket_key = tickets.ticket_key
where sla.metric = 'first_reply'
    and sla.end_reason = 'fulfilled'
    and (tickets.first_replied_at is null or sla.ended_at <> tickets.first_replied_at)
