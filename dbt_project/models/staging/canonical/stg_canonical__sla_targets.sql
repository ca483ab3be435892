select
    source_id,
    policy_id,
    metric,
    priority,
    target_minutes,
    hours,
    valid_from,
    valid_to,
    load_no
from {{ source('canonical', 'sla_targets') }}
