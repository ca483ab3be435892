select
    source_id,
    item_id,
    platform,
    posted_at,
    rating,
    language,
    market,
    title,
    text,
    app_version,
    replied_at,
    true as tells_replies,
    likes,
    cast(null as boolean) as is_edited,
    updated_at,
    load_no
from {{ source('canonical', 'voice_items') }}
