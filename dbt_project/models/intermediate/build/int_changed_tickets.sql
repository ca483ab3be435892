-- The tickets this build computes. A ticket is computed whole when anything its numbers rest on changed:
-- a row of it, a ticket that points to it, or, while the clock moves, what as_of brings into view.
-- depends_on: {{ ref('int_build_scope') }}, {{ ref('int_agent_versions') }}, {{ ref('int_default_schedules') }}, {{ ref('int_changed_holders') }}
-- depends_on: {{ ref('stg_site__tickets_left_by_events') }}, {{ ref('int_ticket_merges') }}, {{ ref('int_ticket_follow_ups') }}, {{ ref('int_ticket_events__unioned') }}
{%- set is_full = build_is_full() %}
{#- as literals, so that the engine skips the parts of a table that older loads wrote -#}
{%- set since = last_built() if not is_full %}
{%- set has_moved = not is_full and as_of_moved() %}
{%- set has_other_holders = not is_full and holders_changed() %}
{%- set tickets_mart = adapter.get_relation(target.database, 'marts', 'fct_tickets') if execute %}
with tickets as (
    select * from {{ ref('int_tickets__unioned') }}
    where {{ micros('created_at') }} <= {{ as_of_us() }}
)
{%- if is_full %}

select source_id, ticket_id from tickets
{%- else %},

events as (
    select source_id, ticket_id, occurred_at, load_no from {{ ref('int_ticket_events__unioned') }}
),

built as (
    select * from {{ tickets_mart }}
),

loaded as (
    select source_id, ticket_id from tickets where load_no > {{ since.load_no }}
    union
    select source_id, ticket_id from events where load_no > {{ since.load_no }}
    union
    -- an event of it belongs to another ticket now
    select source_id, ticket_id from {{ ref('stg_site__tickets_left_by_events') }} where load_no > {{ since.load_no }}
),

{% if has_other_holders -%}
-- whoever holds, held or answered a ticket has another tier or vendor
named as (
    select source_id, ticket_id, 'agent' as holder, assignee_id as holder_id from tickets
    union all
    select source_id, ticket_id, 'group', group_id from tickets
    {%- for value in ['old_value', 'new_value'] %}
    union all
    select source_id, ticket_id, case when field = 'assignee_id' then 'agent' else 'group' end, {{ value }}
    from {{ ref('int_ticket_events__unioned') }}
    where event_type = 'field_change' and field in ('assignee_id', 'group_id')
    {%- endfor %}
    union all
    select source_id, ticket_id, 'agent', actor_id from {{ ref('int_ticket_events__unioned') }}
    where event_type = 'message' and actor_role = 'agent'
),

of_changed_holders as (
    select distinct named.source_id, named.ticket_id
    from named
    inner join {{ ref('int_changed_holders') }} as holders
        on named.source_id = holders.source_id and named.holder = holders.holder and named.holder_id = holders.holder_id
),

{% endif -%}
{% if has_moved -%}
-- created, touched by an event or flagged between the last as_of and this one
come_into_view as (
    select source_id, ticket_id from tickets
    where {{ micros('created_at') }} > {{ since.as_of_us }}
        or ({{ micros('updated_at') }} > {{ since.as_of_us }} and {{ micros('updated_at') }} <= {{ as_of_us() }})
    union
    select source_id, ticket_id from events
    where {{ micros('occurred_at') }} > {{ since.as_of_us }} and {{ micros('occurred_at') }} <= {{ as_of_us() }}
),

-- clocks of unsolved tickets follow as_of
unsolved as (
    select source_id, ticket_id from built where status_category in ('new', 'open', 'pending', 'on_hold')
),

-- a planned change of roster or default schedule that as_of has reached cuts the last segment of solved ones
rosters as (
    select built.source_id, built.ticket_id
    from built
    inner join {{ ref('int_agent_versions') }} as versions
        on built.source_id = versions.source_id
        and built.assignee_id = versions.agent_id
        and versions.valid_from_us > {{ since.as_of_us }}
        and versions.valid_from_us <= {{ as_of_us() }}
    union
    select built.source_id, built.ticket_id
    from built
    inner join {{ ref('int_default_schedules') }} as defaults
        on built.source_id = defaults.source_id
        and built.schedule_id is null
        and defaults.valid_from_us > {{ since.as_of_us }}
        and defaults.valid_from_us <= {{ as_of_us() }}
),

{% endif -%}
-- tickets that others point to, with the earliest that was merged into them; null for a follow-up
pointed_to_then as (
    select source_id, ticket_id, {{ micros('earliest_merged_created_at') }} as earliest_merged_us from built
    where earliest_merged_created_at is not null
    union all
    select source_id, ticket_id, null from built where has_follow_up
),

pointed_to_now as (
    select source_id, ticket_id, earliest_created_us as earliest_merged_us from {{ ref('int_ticket_merges') }}
    union all
    select source_id, ticket_id, null from {{ ref('int_ticket_follow_ups') }}
),

pointed_to_otherwise as (
    (select * from pointed_to_now except select * from pointed_to_then)
    union all
    (select * from pointed_to_then except select * from pointed_to_now)
),

changed as (
    select * from loaded
    {%- if has_other_holders %}
    union
    select * from of_changed_holders
    {%- endif %}
    {%- if has_moved %}
    union
    select * from come_into_view
    union
    select * from unsolved
    union
    select * from rosters
    {%- endif %}
    union
    select source_id, ticket_id from pointed_to_otherwise
)

-- events of tickets nobody delivered stay out
select tickets.source_id, tickets.ticket_id
from tickets
inner join changed on tickets.source_id = changed.source_id and tickets.ticket_id = changed.ticket_id
{%- endif %}
