select
    source_id,
    appeal_id,
    decision_id,
    load_no
from {{ source('canonical', 'appeal_decisions') }}
