-- The days every clock covers: from before the first ticket or complaint to past the furthest projection (A22).
-- It grows with the data at both ends.
with starts as (
    select min(created_at) as first_at from {{ ref('int_tickets__unioned') }}
    union all
    select min(submitted_at) from {{ ref('int_appeals__unioned') }}
),

earliest as (
    select min(first_at) as first_at from starts
)

select
    {{ day_number("coalesce(least(" ~ micros('first_at') ~ ", " ~ as_of_us() ~ "), " ~ as_of_us() ~ ")") }} - 3 as first_day,
    {{ day_number(as_of_us() | string) }} + {{ var('projection_days') }} + 3 as last_day
from earliest
