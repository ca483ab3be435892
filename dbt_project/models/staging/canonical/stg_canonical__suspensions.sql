select
    source_id,
    suspension_id,
    creator_id,
    suspended_at,
    ground,
    updated_at,
    load_no
from {{ source('canonical', 'suspensions') }}
