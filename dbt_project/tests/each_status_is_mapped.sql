-- A40: an unmapped status counts as open, which is a guess. Add the status to the site's status_map.
-- fct_tickets is joined so that a failure stops the publication, not the marts in which one looks for the cause.
select
    tickets.source_id,
    status_changes.status,
    count(distinct facts.ticket_key) as tickets
from {{ ref('int_ticket_status_changes') }} as status_changes
inner join {{ ref('int_tickets') }} as tickets on status_changes.ticket_no = tickets.ticket_no
left join {{ ref('fct_tickets') }} as facts on tickets.ticket_key = facts.ticket_key
where status_changes.is_unmapped
group by 1, 2
