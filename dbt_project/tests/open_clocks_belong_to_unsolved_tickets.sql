-- A12: no clock runs on a resolved ticket; A24: none on a ticket that is deleted or merged away.
select sla.source_id, sla.ticket_id, sla.metric, sla.instance_no, tickets.status_category, tickets.exclusion_reason
from {{ ref('fct_ticket_sla') }} as sla
inner join {{ ref('fct_tickets') }} as tickets on sla.ticket_key = tickets.ticket_key
where sla.ended_at is null
    and (tickets.status_category in ('solved', 'closed') or tickets.exclusion_reason is not null)
