-- The export names no review: what tells two apart is its id.
select
    source_id,
    {{ surrogate_key(["'review'", micros('posted_at'), 'rating', 'text']) }} as item_id,
    platform,
    posted_at,
    rating,
    language,
    market,
    cast(null as {{ dbt.type_string() }}) as title,
    text,
    cast(null as {{ dbt.type_string() }}) as app_version,
    cast(null as {{ dbt.type_timestamp() }}) as replied_at,
    false as tells_replies,
    cast(null as bigint) as likes,
    cast(null as boolean) as is_edited,
    posted_at as updated_at,
    load_no
from {{ source('review_list', 'list_items') }}
