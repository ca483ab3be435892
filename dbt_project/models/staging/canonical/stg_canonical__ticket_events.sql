select
    source_id,
    event_id,
    ticket_id,
    occurred_at,
    sequence_no,
    recorded_at,
    event_type,
    field,
    old_value,
    new_value,
    actor_id,
    actor_role,
    is_public,
    reference,
    load_no
from {{ source('canonical', 'ticket_events') }}
