select
    source_id,
    schedule_id,
    name,
    timezone,
    weekday,
    opens_at,
    closes_at,
    is_default,
    valid_from,
    valid_to,
    load_no
from {{ source('canonical', 'schedules') }}
