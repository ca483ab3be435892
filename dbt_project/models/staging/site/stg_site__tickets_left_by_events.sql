select
    source_id,
    ticket_id,
    load_no
from {{ source('site', 'tickets_left_by_events') }}
