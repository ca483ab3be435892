-- The state of a ticket after the last event of each instant in which it changed (A3), one row per such
-- instant, plus the first instant with any event in each later policy epoch (a policy edit reaches a ticket
-- at its next event, A16). The row holds from at_us to the next row.
{%- set fields = [('priority', 'priority'), ('lob', 'line_of_business'), ('group', 'group_id'),
    ('assignee', 'assignee_id'), ('schedule', 'schedule_id'), ('market', 'market'), ('language', 'language')] %}
with tickets as (
    select * from {{ ref('int_tickets') }}
),

epochs as (
    select {{ coded('source_id') }} as source_id, epoch_no, from_us, to_us from {{ ref('int_sla_epochs') }}
),

initial as (
    select
        initial_values.*,
        tickets.source_id,
        coalesce(epochs.epoch_no, 0) as epoch_no
    from {{ ref('int_ticket_initial_values') }} as initial_values
    inner join tickets on initial_values.ticket_no = tickets.ticket_no
    left join epochs
        on tickets.source_id = epochs.source_id
        and tickets.created_us >= epochs.from_us
        and tickets.created_us < epochs.to_us
),

epoch_entries as (
    select
        events.ticket_no,
        epochs.epoch_no,
        min(events.event_no) as event_no,
        min(events.at_us) as at_us
    from initial
    inner join epochs on initial.source_id = epochs.source_id and initial.epoch_no < epochs.epoch_no
    inner join {{ ref('int_ticket_events') }} as events
        on initial.ticket_no = events.ticket_no
        and not events.is_future
        and events.at_us >= epochs.from_us
        and events.at_us < epochs.to_us
    group by 1, 2
),

changes as (
    select
        ticket_no, event_no, at_us, {{ coded("'status'") }} as kind, {{ coded('cast(null as ' ~ dbt.type_string() ~ ')') }} as value,
        status, category, cast(null as int) as epoch_no
    from {{ ref('int_ticket_status_changes') }}
    union all
    select ticket_no, event_no, at_us, kind, value, null, null, null from {{ ref('int_ticket_events') }}
    where kind in ('priority', 'lob', 'group', 'assignee', 'schedule', 'market', 'language', 'delete', 'restore') and not is_future
    union all
    select ticket_no, event_no, at_us, {{ coded("'epoch'") }}, null, null, null, epoch_no from epoch_entries
),

-- carry every field forward, a change to null as well
carried as (
    select
        ticket_no,
        event_no,
        at_us,
        {%- for kind, column in fields %}
        {{ last_known("case when kind = '" ~ kind ~ "' then coalesce(value, " ~ no_value() ~ ") end") }} over so_far as {{ column }},
        {%- endfor %}
        {{ last_known('status') }} over so_far as status,
        {{ last_known('category') }} over so_far as category,
        {{ last_known("case kind when 'delete' then true when 'restore' then false end") }} over so_far as is_deleted,
        {{ last_known('epoch_no') }} over so_far as epoch_no,
        lead(at_us) over (partition by ticket_no order by event_no) as next_at_us
    from changes
    window so_far as (partition by ticket_no order by event_no rows between unbounded preceding and current row)
)

select
    carried.ticket_no,
    carried.event_no,
    carried.at_us,
    carried.next_at_us,
    carried.status,
    carried.category,
    {%- for kind, column in fields %}
    case when carried.{{ column }} is null then initial.{{ column }} else nullif(carried.{{ column }}, {{ no_value() }}) end as {{ column }},
    {%- endfor %}
    coalesce(carried.is_deleted, false) as is_deleted,
    coalesce(carried.epoch_no, initial.epoch_no) as epoch_no
from carried
inner join initial on carried.ticket_no = initial.ticket_no
where carried.next_at_us is distinct from carried.at_us
