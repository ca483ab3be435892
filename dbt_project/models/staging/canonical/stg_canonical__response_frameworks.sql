select
    source_id,
    macro_id,
    name,
    line_of_business,
    language,
    version,
    valid_from,
    valid_to,
    load_no
from {{ source('canonical', 'response_frameworks') }}
