-- The status of a ticket as a sequence of changes, creation first. A change to the status it already has is
-- none; the category is read at the moment of the change and stays (A40). Solve and reopen are transitions
-- between unsolved (new, open, pending, on_hold) and resolved (solved, closed) categories (A6).
with status_events as (
    select ticket_no, event_no, at_us, coalesce(value, {{ coded("'new'") }}) as status from {{ ref('int_ticket_events') }}
    where kind = 'status' and not is_future
    union all
    select initial.ticket_no, 0, tickets.created_us, initial.status
    from {{ ref('int_ticket_initial_values') }} as initial
    inner join {{ ref('int_tickets') }} as tickets on initial.ticket_no = tickets.ticket_no
),

compared as (
    select
        *,
        lag(status) over (partition by ticket_no order by event_no) as previous_status
    from status_events
),

changes as (
    select * from compared where status is distinct from previous_status
),

categorised as (
    select
        changes.ticket_no,
        changes.event_no,
        changes.at_us,
        changes.status,
        case
            when categories.category is not null then {{ coded('categories.category') }}
            when changes.status in ('new', 'open', 'pending', 'on_hold', 'solved', 'closed') then changes.status
            else {{ coded("'open'") }}
        end as category,
        categories.category is null
        and changes.status not in ('new', 'open', 'pending', 'on_hold', 'solved', 'closed') as is_unmapped
    from changes
    inner join {{ ref('int_tickets') }} as tickets on changes.ticket_no = tickets.ticket_no
    left join {{ ref('int_status_categories') }} as categories
        on tickets.source_id = categories.source_id
        and changes.status = categories.status
        and categories.valid_from_us <= changes.at_us
        and changes.at_us < categories.valid_to_us
),

neighbours as (
    select
        *,
        lag(category) over by_ticket as previous_category,
        lead(at_us) over by_ticket as next_at_us
    from categorised
    window by_ticket as (partition by ticket_no order by event_no)
)

select
    ticket_no,
    event_no,
    at_us,
    status,
    category,
    is_unmapped,
    previous_category,
    category in ('solved', 'closed') as is_resolved,
    category in ('solved', 'closed') and coalesce(previous_category not in ('solved', 'closed'), true) as is_solve,
    category not in ('solved', 'closed') and coalesce(previous_category in ('solved', 'closed'), false) as is_reopen,
    category = 'closed' and coalesce(previous_category <> 'closed', true) as is_closing,
    -- the state after the last change of an instant is what segments and policies see (A3)
    coalesce(next_at_us <> at_us, true) as is_last_of_instant,
    next_at_us is null as is_current
from neighbours
