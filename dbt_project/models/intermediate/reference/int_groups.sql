{{ config(materialized='view') }}

with groups as (
    {{ as_seen_by_sources('stg_canonical__groups', 'group_id') }}
),

-- of a group that is there twice, one row whole
numbered as (
    select
        *,
        row_number() over (
            partition by consumer_id, group_id order by tier nulls last, vendor nulls last, name nulls last
        ) as row_no
    from groups
)

select
    consumer_id as source_id,
    group_id,
    name,
    tier,
    vendor
from numbered
where row_no = 1
