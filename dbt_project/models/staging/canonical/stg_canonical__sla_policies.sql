select
    source_id,
    policy_id,
    name,
    {{ adapter.quote('position') }},
    line_of_business,
    channel,
    market,
    language,
    requester_segment,
    group_id,
    valid_from,
    valid_to,
    load_no
from {{ source('canonical', 'sla_policies') }}
