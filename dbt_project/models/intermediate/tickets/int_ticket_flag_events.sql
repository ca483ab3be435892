-- Events that merge, delete, restore or mark as spam, of all tickets of the site and up to as_of: few among many, and
-- looked for more than once.
select
    source_id,
    ticket_id,
    event_id,
    event_type,
    {{ micros('occurred_at') }} as occurred_us,
    sequence_no,
    reference
from {{ ref('int_ticket_events__unioned') }}
where event_type in ('merge', 'delete', 'restore', 'spam') and {{ micros('occurred_at') }} <= {{ as_of_us() }}
