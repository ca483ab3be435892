select
    source_id,
    schedule_id,
    name,
    starts_on,
    ends_on,
    starts_at,
    ends_at,
    load_no
from {{ source('canonical', 'holidays') }}
