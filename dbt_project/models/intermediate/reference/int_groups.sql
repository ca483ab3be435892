{{ config(materialized='view') }}

with groups as (
    {{ as_seen_by_sources('stg_canonical__groups', 'group_id') }}
)

select
    consumer_id as source_id,
    group_id,
    min(name) as name,
    min(tier) as tier,
    min(vendor) as vendor
from groups
group by 1, 2
