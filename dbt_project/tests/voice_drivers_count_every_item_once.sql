-- Reviews and posts of all drivers are those of fct_voice_items, their stars too.
with items as (
    select source_id, count(*) as item_count, count(rating_normalised) as rated_count
    from {{ ref('fct_voice_items') }}
    group by source_id
),

drivers as (
    select source_id, sum(item_count) as item_count, sum(rated_count) as rated_count
    from {{ ref('agg_voice_drivers_weekly') }}
    group by source_id
)

select
    items.source_id,
    items.item_count,
    items.rated_count,
    drivers.item_count as counted_items,
    drivers.rated_count as counted_rated
from items
left join drivers on items.source_id = drivers.source_id
where items.item_count is distinct from drivers.item_count or items.rated_count is distinct from drivers.rated_count
