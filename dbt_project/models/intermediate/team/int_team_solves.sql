-- Solves of tickets that count, in their week, with who held the ticket then.
with homes as (
    {{ agent_homes() }}
)

select
    solves.source_id,
    solves.ticket_key,
    {{ micros('solves.solved_at') }} as at_us,
    site_days.week_start_date,
    solves.line_of_business,
    solves.language,
    solves.tier,
    solves.vendor,
    homes.agent_source_id,
    solves.assignee_id as agent_id,
    tickets.is_minor,
    solves.solve_no = 1 as is_first_solve,
    solves.reopened_at is not null as is_reopened,
    tickets.is_first_contact_resolution
from {{ ref('fct_ticket_solves') }} as solves
inner join {{ ref('fct_tickets') }} as tickets on solves.ticket_key = tickets.ticket_key and not tickets.is_excluded
inner join homes on solves.source_id = homes.source_id
{{ join_site_day('site_days', micros('solves.solved_at')) }}
