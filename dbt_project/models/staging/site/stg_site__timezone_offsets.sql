select
    timezone,
    {{ micros('utc_from') }} as utc_from_us,
    {{ micros('utc_to') }} as utc_to_us,
    offset_seconds * 1000000 as offset_us
from {{ source('site', 'timezone_offsets') }}
