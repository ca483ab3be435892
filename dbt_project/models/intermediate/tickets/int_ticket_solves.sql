-- Solves and reopens of a ticket, counted (A6, A7).
select
    ticket_no,
    min(case when is_solve then at_us end) as first_solved_us,
    max(case when is_solve then at_us end) as last_solved_us,
    min(case when is_solve then event_no end) as first_solve_event_no,
    max(case when is_solve then event_no end) as last_solve_event_no,
    max(case when is_closing then at_us end) as last_closed_us,
    count(case when is_solve then 1 end) as solve_count,
    count(case when is_reopen then 1 end) as reopen_count,
    max(case when is_current and is_resolved then 1 else 0 end) = 1 as is_resolved
from {{ ref('int_ticket_status_changes') }}
group by 1
