select
    source_id,
    status,
    category,
    valid_from,
    valid_to,
    load_no
from {{ source('canonical', 'status_map') }}
