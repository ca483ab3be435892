-- Every event of the build's tickets in the order of SEMANTICS A1, numbered from 1; the creation is number 0.
-- Flags of the snapshot that no event explains act as events (A5). Events after as_of stay in, marked:
-- the first change of a field tells its earlier value wherever it lies (A2). Of other fields only the instant counts.
{%- set fields = "'status', 'priority', 'line_of_business', 'group_id', 'assignee_id', 'schedule_id', 'market', 'language'" %}
with tickets as (
    select * from {{ ref('int_tickets') }}
),

source_events as (
    select
        tickets.ticket_no,
        tickets.created_us,
        {{ micros('events.occurred_at') }} as occurred_us,
        events.sequence_no,
        events.event_id,
        {{ coded("case
            when events.event_type <> 'field_change' then events.event_type
            when events.field in ('status', 'priority', 'market', 'language') then events.field
            when events.field = 'line_of_business' then 'lob'
            when events.field = 'group_id' then 'group'
            when events.field = 'assignee_id' then 'assignee'
            when events.field = 'schedule_id' then 'schedule'
            else 'other'
        end") }} as kind,
        {{ coded("case
            when events.event_type = 'macro' then events.reference
            when events.event_type = 'field_change' and events.field in (" ~ fields ~ ") then events.new_value
        end") }} as value,
        {{ coded("case when events.event_type = 'field_change' and events.field in (" ~ fields ~ ") then events.old_value end") }} as old_value,
        {{ coded("case
            when events.event_type = 'macro' or (events.event_type = 'message' and events.actor_role = 'agent') then events.actor_id
        end") }} as actor_id,
        {{ coded("case when events.event_type = 'message' then coalesce(events.actor_role, 'system') end") }} as author_role,
        case when events.event_type = 'message' then coalesce(events.is_public, true) end as is_public
    from {{ ref('int_ticket_events__unioned') }} as events
    inner join tickets
        on events.source_id = tickets.source_id and events.ticket_id = tickets.ticket_id
),

flags as (
    select *, 'merge' as kind from tickets where merged_into is not null
    union all
    select *, 'delete' from tickets where is_deleted
    union all
    select *, 'spam' from tickets where is_spam
),

explained as (
    select distinct
        source_id,
        ticket_id,
        case when event_type = 'restore' then 'delete' else event_type end as kind
    from {{ ref('int_ticket_flag_events') }}
),

unexplained_flags as (
    select flags.*
    from flags
    left join explained
        on flags.source_id = explained.source_id
        and flags.ticket_id = explained.ticket_id
        and flags.kind = explained.kind
    where explained.ticket_id is null
),

events as (
    select * from source_events
    union all
    -- after the other events of that instant; a snapshot of before the creation is no skew of an event
    select
        ticket_no, created_us, greatest(updated_us, created_us), 9223372036854775807, cast(null as {{ dbt.type_string() }}),
        {{ coded('kind') }}, null, null, null, null, null
    from unexplained_flags
),

ordered as (
    select
        *,
        cast(row_number() over (
            partition by ticket_no order by occurred_us, sequence_no, event_id
        ) as int) as event_no
    from events
)

select
    ticket_no,
    event_no,
    -- an event before its ticket's creation is clock skew: it acts at the creation
    greatest(occurred_us, created_us) as at_us,
    occurred_us < created_us as is_skewed,
    greatest(occurred_us, created_us) > {{ as_of_us() }} as is_future,
    -- only agents' messages become rows of their own
    case when author_role = 'agent' then event_id end as event_id,
    kind,
    value,
    old_value,
    actor_id,
    author_role,
    is_public
from ordered
union all
select ticket_no, 0, created_us, false, false, null, {{ coded("'created'") }}, null, null, null, null, null
from tickets
