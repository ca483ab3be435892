select
    source_id,
    group_id,
    name,
    tier,
    vendor,
    line_of_business,
    load_no
from {{ source('canonical', 'groups') }}
