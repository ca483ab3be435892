-- The tickets this build computes. A ticket is computed whole when anything its numbers rest on changed:
-- a row of it, a ticket that points to it, or, while the clock moves, what as_of brings into view.
-- depends_on: {{ ref('int_build_scope') }}, {{ ref('int_agent_versions') }}, {{ ref('int_default_schedules') }}
-- depends_on: {{ ref('stg_site__tickets_left_by_events') }}, {{ ref('int_ticket_merges') }}, {{ ref('int_ticket_follow_ups') }}, {{ ref('int_ticket_events__unioned') }}
{%- set is_full = build_is_full() %}
{%- set tickets_mart = adapter.get_relation(target.database, 'marts', 'fct_tickets') if execute %}
with tickets as (
    select * from {{ ref('int_tickets__unioned') }}
    where {{ micros('created_at') }} <= {{ as_of_us() }}
)
{%- if is_full %}

select source_id, ticket_id from tickets
{%- else %},

scope as (
    select * from {{ ref('int_build_scope') }}
),

events as (
    select source_id, ticket_id, occurred_at, load_no from {{ ref('int_ticket_events__unioned') }}
),

built as (
    select * from {{ tickets_mart }}
),

loaded as (
    select tickets.source_id, tickets.ticket_id
    from tickets
    cross join scope
    where tickets.load_no > scope.since_load_no
    union
    select events.source_id, events.ticket_id
    from events
    cross join scope
    where events.load_no > scope.since_load_no
    union
    -- an event of it belongs to another ticket now
    select left_by_events.source_id, left_by_events.ticket_id
    from {{ ref('stg_site__tickets_left_by_events') }} as left_by_events
    cross join scope
    where left_by_events.load_no > scope.since_load_no
),

-- created, touched by an event or flagged between the last as_of and this one
come_into_view as (
    select tickets.source_id, tickets.ticket_id
    from tickets
    cross join scope
    where {{ micros('tickets.created_at') }} > scope.since_as_of_us
        or (
            {{ micros('tickets.updated_at') }} > scope.since_as_of_us
            and {{ micros('tickets.updated_at') }} <= scope.as_of_us
        )
    union
    select events.source_id, events.ticket_id
    from events
    cross join scope
    where {{ micros('events.occurred_at') }} > scope.since_as_of_us
        and {{ micros('events.occurred_at') }} <= scope.as_of_us
),

-- clocks of unsolved tickets follow as_of
unsolved as (
    select built.source_id, built.ticket_id
    from built
    cross join scope
    where scope.as_of_us > scope.since_as_of_us
        and built.status_category in ('new', 'open', 'pending', 'on_hold')
),

-- a planned change of roster or default schedule that as_of has reached cuts the last segment of solved ones
rosters as (
    select built.source_id, built.ticket_id
    from built
    cross join scope
    inner join {{ ref('int_agent_versions') }} as versions
        on built.source_id = versions.source_id
        and built.assignee_id = versions.agent_id
        and versions.valid_from_us > scope.since_as_of_us
        and versions.valid_from_us <= scope.as_of_us
    union
    select built.source_id, built.ticket_id
    from built
    cross join scope
    inner join {{ ref('int_default_schedules') }} as defaults
        on built.source_id = defaults.source_id
        and built.schedule_id is null
        and defaults.valid_from_us > scope.since_as_of_us
        and defaults.valid_from_us <= scope.as_of_us
),

-- other tickets point to it now, or no longer
pointed_to as (
    select tickets.source_id, tickets.ticket_id
    from tickets
    inner join built on tickets.source_id = built.source_id and tickets.ticket_id = built.ticket_id
    left join {{ ref('int_ticket_merges') }} as merges
        on tickets.source_id = merges.source_id and tickets.ticket_id = merges.ticket_id
    left join {{ ref('int_ticket_follow_ups') }} as follow_ups
        on tickets.source_id = follow_ups.source_id and tickets.ticket_id = follow_ups.ticket_id
    where merges.earliest_created_us is distinct from {{ micros('built.earliest_merged_created_at') }}
        or (follow_ups.ticket_id is not null) <> built.has_follow_up
),

changed as (
    select * from loaded
    union
    select * from come_into_view
    union
    select * from unsolved
    union
    select * from rosters
    union
    select * from pointed_to
)

-- events of tickets nobody delivered stay out
select tickets.source_id, tickets.ticket_id
from tickets
inner join changed on tickets.source_id = changed.source_id and tickets.ticket_id = changed.ticket_id
{%- endif %}
