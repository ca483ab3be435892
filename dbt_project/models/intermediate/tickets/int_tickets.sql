-- The tickets of this build, numbered: ticket_no identifies a ticket within one build only and keeps the
-- joins and sorts of the models behind it short.
with tickets as (
    select * from {{ ref('int_tickets__unioned') }}
),

changed as (
    select * from {{ ref('int_changed_tickets') }}
)

select
    cast(row_number() over (order by tickets.source_id, tickets.ticket_id) as int) as ticket_no,
    {{ surrogate_key(['tickets.source_id', 'tickets.ticket_id']) }} as ticket_key,
    {{ micros('tickets.created_at') }} as created_us,
    {{ micros('tickets.updated_at') }} as updated_us,
    tickets.*
from tickets
inner join changed on tickets.source_id = changed.source_id and tickets.ticket_id = changed.ticket_id
