select
    source_id,
    reference,
    refers_to_source_id
from {{ source('site', 'source_references') }}
