select
    source_id,
    agent_id,
    starts_at,
    ends_at,
    activity,
    load_no
from {{ source('canonical', 'agent_shifts') }}
