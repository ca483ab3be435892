select
    source_id,
    rubric_id,
    version,
    category_id,
    category_name,
    weight,
    scale_min,
    scale_max,
    is_critical,
    valid_from,
    valid_to,
    load_no
from {{ source('canonical', 'rubrics') }}
