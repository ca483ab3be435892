select
    source_id,
    entity,
    cast(sum("read") as bigint) as "read",
    cast(sum(loaded) as bigint) as loaded,
    cast(sum(quarantined) as bigint) as quarantined,
    cast(sum(duplicates) as bigint) as duplicates
from {{ ref('stg_site__load_report') }}
group by 1, 2
