-- What a field held at creation (A4): the old value of its first change, wherever that lies in time; the
-- snapshot's value where the field never changed. A missing status was `new`.
{%- set fields = {'status': 'status', 'priority': 'priority', 'lob': 'line_of_business', 'group': 'group_id',
    'assignee': 'assignee_id', 'schedule': 'schedule_id', 'market': 'market', 'language': 'language'} %}
with changes as (
    select ticket_no, kind, event_no, coalesce(old_value, {{ no_value() }}) as old_value from {{ ref('int_ticket_events') }}
    where kind in ('{{ fields.keys() | join("', '") }}')
),

first_changes as (
    select
        ticket_no,
        {%- for kind, column in fields.items() %}
        {{ value_of_least("case when kind = '" ~ kind ~ "' then old_value end", 'event_no') }} as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from changes
    group by 1
)

select
    tickets.ticket_no,
    {%- for column in fields.values() %}
    {%- set initial = 'nullif(coalesce(first_changes.' ~ column ~ ', tickets.' ~ column ~ '), ' ~ no_value() ~ ')' %}
    {{ 'coalesce(' ~ initial ~ ', ' ~ coded("'new'") ~ ')' if column == 'status' else initial }} as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ ref('int_tickets') }} as tickets
left join first_changes on tickets.ticket_no = first_changes.ticket_no
