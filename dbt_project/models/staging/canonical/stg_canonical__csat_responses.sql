select
    source_id,
    survey_id,
    ticket_id,
    sent_at,
    recorded_at,
    responded_at,
    score,
    scale_min,
    scale_max,
    comment,
    reason,
    language,
    channel,
    load_no
from {{ source('canonical', 'csat_responses') }}
