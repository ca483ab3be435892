select
    load_no,
    loaded_at,
    source_id,
    entity,
    file,
    {{ adapter.quote('read') }},
    loaded,
    quarantined,
    duplicates
from {{ source('site', 'load_report') }}
