{{ config(materialized='view') }}

with schedules as (
    {{ as_seen_by_sources('stg_canonical__schedules', 'schedule_id') }}
)

select
    consumer_id as source_id,
    schedule_id,
    timezone,
    weekday,
    is_default,
    {{ hhmm_to_us('opens_at') }} as opens_at_us,
    -- A39: a closing at or before the opening is on the next day
    case
        when {{ hhmm_to_us('closes_at') }} <= {{ hhmm_to_us('opens_at') }}
            then {{ hhmm_to_us('closes_at') }} + {{ us_per_day() }}
        else {{ hhmm_to_us('closes_at') }}
    end as closes_at_us,
    {{ valid_from_us() }} as valid_from_us,
    {{ valid_to_us() }} as valid_to_us
from schedules
