select
    source_id,
    -- a source that never tells a notification is read by its decisions
    count(notified_at) > 0 as has_notifications
from {{ ref('fct_appeals') }}
group by 1
