-- Tickets that a later ticket follows up (A11). Reads all tickets of the site, not only those of this build.
select distinct
    source_id,
    follow_up_of as ticket_id
from {{ ref('int_tickets__unioned') }}
where follow_up_of is not null and {{ micros('created_at') }} <= {{ as_of_us() }}
