select
    source_id,
    action_id,
    insight_key,
    occurred_at,
    status,
    owner_team,
    owner_id,
    due_on,
    note,
    reference_url,
    load_no
from {{ source('canonical', 'feedback_actions') }}
