select
    source_id,
    case_id,
    activity,
    occurred_at,
    resource_id,
    dismissal,
    article,
    vehicle_class,
    payment_amount,
    load_no
from {{ source('appeals_events', 'events') }}
