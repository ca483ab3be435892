select
    source_id,
    agent_id,
    name,
    team_id,
    team_name,
    lead_id,
    tier,
    vendor,
    role,
    site,
    timezone,
    hired_on,
    valid_from,
    valid_to,
    load_no
from {{ source('canonical', 'agents') }}
