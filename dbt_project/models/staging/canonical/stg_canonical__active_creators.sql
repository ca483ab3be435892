select
    source_id,
    market,
    line_of_business,
    week_start,
    creators,
    load_no
from {{ source('canonical', 'active_creators') }}
