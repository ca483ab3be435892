-- A24. A ticket that was deleted as well is excluded as deleted, and is spam all the same.
select sla.source_id, sla.ticket_id
from {{ ref('fct_ticket_sla') }} as sla
inner join {{ ref('fct_tickets') }} as tickets on sla.ticket_key = tickets.ticket_key
where tickets.exclusion_reason = 'spam' or tickets.marked_spam_at is not null
