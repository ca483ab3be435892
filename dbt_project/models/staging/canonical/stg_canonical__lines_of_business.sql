select
    source_id,
    line_of_business,
    name,
    owner_id,
    owner_team,
    load_no
from {{ source('canonical', 'lines_of_business') }}
