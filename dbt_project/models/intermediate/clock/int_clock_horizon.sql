-- The days every clock covers: from before the first ticket to past the furthest projection (A22).
-- It grows with the data at both ends.
with tickets as (
    select min(created_at) as first_created_at from {{ ref('int_tickets__unioned') }}
)

select
    {{ day_number("coalesce(least(" ~ micros('first_created_at') ~ ", " ~ as_of_us() ~ "), " ~ as_of_us() ~ ")") }} - 3 as first_day,
    {{ day_number(as_of_us() | string) }} + {{ var('projection_days') }} + 3 as last_day
from tickets
