select
    source_id,
    entity,
    cast(sum({{ adapter.quote('read') }}) as bigint) as {{ adapter.quote('read') }},
    cast(sum(loaded) as bigint) as loaded,
    cast(sum(quarantined) as bigint) as quarantined,
    cast(sum(duplicates) as bigint) as duplicates
from {{ ref('stg_site__load_report') }}
group by 1, 2
