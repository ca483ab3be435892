-- The inverse of the cumulative clock: open pieces by the day-long stretch of open time they fall in.
-- The instant after which open time exceeds f lies in the piece with open_before_us <= f < open_after_us.
with pieces as (
    select
        clock_id,
        from_us,
        open_before_us,
        open_before_us + to_us - from_us as open_after_us,
        uncovered_before_us,
        {{ day_number('open_before_us') }} as first_stretch,
        {{ day_number('open_before_us + to_us - from_us - 1') }} as last_stretch
    from {{ ref('int_clock_days') }}
    where is_open
)

select clock_id, first_stretch as open_day_no, from_us, open_before_us, open_after_us, uncovered_before_us
from pieces
union all
-- a piece is at most a day long, so it reaches into one further stretch at most
select clock_id, last_stretch, from_us, open_before_us, open_after_us, uncovered_before_us
from pieces
where last_stretch <> first_stretch
