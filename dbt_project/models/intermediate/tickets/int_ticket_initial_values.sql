-- What a field held at creation (A4): the old value of its first change, wherever that lies in time; the
-- snapshot's value where the field never changed. A missing status was `new`.
with changes as (
    select ticket_no, kind, event_no, old_value from {{ ref('int_ticket_events') }}
    where kind in ('status', 'priority', 'lob', 'group', 'assignee', 'schedule', 'market', 'language')
),

first_changes as (
    select ticket_no, kind, min(event_no) as event_no from changes group by 1, 2
),

old_values as (
    select changes.ticket_no, changes.kind, changes.old_value
    from changes
    inner join first_changes
        on changes.ticket_no = first_changes.ticket_no
        and changes.kind = first_changes.kind
        and changes.event_no = first_changes.event_no
),

by_ticket as (
    select
        ticket_no,
        {%- for kind in ['status', 'priority', 'lob', 'group', 'assignee', 'schedule', 'market', 'language'] %}
        max(case when kind = '{{ kind }}' then old_value end) as old_{{ kind }},
        max(case when kind = '{{ kind }}' then 1 end) as changed_{{ kind }}{{ ',' if not loop.last }}
        {%- endfor %}
    from old_values
    group by 1
)

select
    tickets.ticket_no,
    case when by_ticket.changed_status = 1 then coalesce(by_ticket.old_status, 'new') else tickets.status end as status,
    {%- for kind, column in [('priority', 'priority'), ('lob', 'line_of_business'), ('group', 'group_id'),
        ('assignee', 'assignee_id'), ('schedule', 'schedule_id'), ('market', 'market'), ('language', 'language')] %}
    case when by_ticket.changed_{{ kind }} = 1 then by_ticket.old_{{ kind }} else tickets.{{ column }} end as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ ref('int_tickets') }} as tickets
left join by_ticket on tickets.ticket_no = by_ticket.ticket_no
