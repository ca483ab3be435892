-- A40: an unmapped status counts as open, which is a guess. Add the status to the site's status_map.
select
    tickets.source_id,
    status_changes.status,
    count(*) as changes
from {{ ref('int_ticket_status_changes') }} as status_changes
inner join {{ ref('int_tickets') }} as tickets on status_changes.ticket_no = tickets.ticket_no
where status_changes.is_unmapped
group by 1, 2
