select
    source_id,
    review_id as item_id,
    'google_play' as platform,
    posted_at,
    rating,
    language,
    market,
    cast(null as {{ dbt.type_string() }}) as title,
    text,
    app_version,
    replied_at,
    true as tells_replies,
    likes,
    cast(null as boolean) as is_edited,
    posted_at as updated_at,
    load_no
from {{ source('google_play_reviews', 'reviews') }}
