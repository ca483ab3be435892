select
    source_id,
    review_id,
    category_id,
    rating,
    comment,
    load_no
from {{ source('canonical', 'quality_ratings') }}
