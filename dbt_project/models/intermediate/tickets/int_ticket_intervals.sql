-- A ticket's life in intervals in which nothing that any mart looks at changes: its own fields, and the
-- tier, vendor and default schedule that the roster and the calendar give it. Partition of [created, end of time);
-- two in a row may hold the same.
{#- A change of roster or of the default schedule cuts the interval it falls into (A27, A28, A35), up to as_of. -#}
{%- set cut_us = 'case when valid_to_us <= ' ~ as_of_us() ~ ' then valid_to_us else ' ~ end_us() ~ ' end' %}
with states as (
    select
        tickets.source_id,
        states.ticket_no,
        states.at_us as from_us,
        coalesce(states.next_at_us, {{ end_us() }}) as to_us,
        states.status,
        states.category,
        states.priority,
        states.line_of_business,
        states.group_id,
        states.assignee_id,
        states.schedule_id,
        states.market,
        states.language,
        states.is_deleted
    from {{ ref('int_ticket_states') }} as states
    inner join {{ ref('int_tickets') }} as tickets on states.ticket_no = tickets.ticket_no
),

agent_versions as (
    select
        {{ coded('source_id') }} as source_id,
        {{ coded('agent_id') }} as agent_id,
        {{ coded('tier') }} as tier,
        {{ coded('vendor') }} as vendor,
        is_on_roster,
        valid_from_us,
        {{ cut_us }} as valid_to_us
    from {{ ref('int_agent_versions') }}
    where valid_from_us <= {{ as_of_us() }}
),

groups as (
    select
        {{ coded('source_id') }} as source_id,
        {{ coded('group_id') }} as group_id,
        {{ coded('tier') }} as tier,
        {{ coded('vendor') }} as vendor
    from {{ ref('int_groups') }}
),

defaults as (
    select
        {{ coded('source_id') }} as source_id,
        {{ coded('schedule_id') }} as schedule_id,
        valid_from_us,
        {{ cut_us }} as valid_to_us
    from {{ ref('int_default_schedules') }}
    where valid_from_us <= {{ as_of_us() }}
)

select
    states.ticket_no,
    greatest(
        states.from_us,
        coalesce(agent_versions.valid_from_us, states.from_us),
        coalesce(defaults.valid_from_us, states.from_us)
    ) as from_us,
    least(
        states.to_us,
        coalesce(agent_versions.valid_to_us, states.to_us),
        coalesce(defaults.valid_to_us, states.to_us)
    ) as to_us,
    states.status,
    states.category,
    states.priority,
    states.line_of_business,
    states.group_id,
    states.assignee_id,
    case when agent_versions.is_on_roster then agent_versions.tier else groups.tier end as tier,
    case when agent_versions.is_on_roster then agent_versions.vendor else groups.vendor end as vendor,
    coalesce(states.schedule_id, defaults.schedule_id) as schedule_id,
    states.market,
    states.language,
    states.is_deleted
from states
left join agent_versions
    on states.source_id = agent_versions.source_id
    and states.assignee_id = agent_versions.agent_id
    and agent_versions.valid_from_us < states.to_us
    and states.from_us < agent_versions.valid_to_us
left join defaults
    on states.source_id = defaults.source_id
    and states.schedule_id is null
    and defaults.valid_from_us < states.to_us
    and states.from_us < defaults.valid_to_us
left join groups
    on states.source_id = groups.source_id and states.group_id = groups.group_id
where coalesce(agent_versions.valid_from_us, states.from_us) < coalesce(defaults.valid_to_us, states.to_us)
    and coalesce(defaults.valid_from_us, states.from_us) < coalesce(agent_versions.valid_to_us, states.to_us)
