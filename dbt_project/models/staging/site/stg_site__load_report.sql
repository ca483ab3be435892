select
    load_no,
    loaded_at,
    source_id,
    entity,
    file,
    "read",
    loaded,
    quarantined,
    duplicates
from {{ source('site', 'load_report') }}
