-- The export names no review: what tells two apart is its id.
select
    source_id,
    {{ surrogate_key(["'review'", micros('posted_at'), 'title']) }} as item_id,
    'app_store' as platform,
    posted_at,
    rating,
    language,
    market,
    title,
    text,
    cast(null as {{ dbt.type_string() }}) as app_version,
    replied_at,
    true as tells_replies,
    cast(null as bigint) as likes,
    is_edited,
    posted_at as updated_at,
    load_no
from {{ source('app_store_reviews', 'app_reviews') }}
