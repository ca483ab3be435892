-- The tickets of this build, numbered: ticket_no identifies a ticket within one build only and keeps the
-- joins and sorts of the models behind it short.
with tickets as (
    select * from {{ ref('int_tickets__unioned') }}
),

numbered as (
    select
        source_id,
        ticket_id,
        cast(row_number() over (order by source_id, ticket_id) as int) as ticket_no
    from {{ ref('int_changed_tickets') }}
)

select
    numbered.ticket_no,
    {{ surrogate_key(['tickets.source_id', 'tickets.ticket_id']) }} as ticket_key,
    {{ micros('tickets.created_at') }} as created_us,
    {{ micros('tickets.updated_at') }} as updated_us,
    tickets.ticket_id,
    tickets.contact_reason,
    tickets.requester_id,
    tickets.is_public,
    tickets.follow_up_of,
    tickets.merged_into,
    tickets.is_deleted,
    tickets.is_spam,
    tickets.is_minor,
    tickets.tags,
    tickets.subject,
    {%- for column in ['source_id', 'channel', 'requester_segment', 'submitter_role', 'status', 'priority', 'line_of_business',
        'group_id', 'assignee_id', 'schedule_id', 'market', 'language'] %}
    {{ coded('tickets.' ~ column) }} as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
from tickets
inner join numbered on tickets.source_id = numbered.source_id and tickets.ticket_id = numbered.ticket_id
