-- A ticket's life in intervals in which nothing that any mart looks at changed: its own fields, and the
-- tier, vendor and default schedule that the roster and the calendar give it. Partition of [created, end of time).
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
        valid_to_us
    from {{ ref('int_agent_versions') }}
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
        valid_to_us
    from {{ ref('int_default_schedules') }}
),

-- a change of roster or of the default schedule cuts the interval it falls into (A27, A28, A35), up to as_of
cut as (
    select
        states.ticket_no,
        greatest(
            states.from_us,
            coalesce(agent_versions.valid_from_us, states.from_us),
            coalesce(defaults.valid_from_us, states.from_us)
        ) as from_us,
        states.status,
        states.category,
        states.priority,
        states.line_of_business,
        states.group_id,
        states.assignee_id,
        coalesce(states.schedule_id, defaults.schedule_id) as schedule_id,
        states.market,
        states.language,
        states.is_deleted,
        case when agent_versions.is_on_roster then agent_versions.tier else groups.tier end as tier,
        case when agent_versions.is_on_roster then agent_versions.vendor else groups.vendor end as vendor
    from states
    left join agent_versions
        on states.source_id = agent_versions.source_id
        and states.assignee_id = agent_versions.agent_id
        and agent_versions.valid_from_us < states.to_us
        and states.from_us < agent_versions.valid_to_us
        and agent_versions.valid_from_us <= {{ as_of_us() }}
    left join defaults
        on states.source_id = defaults.source_id
        and states.schedule_id is null
        and defaults.valid_from_us < states.to_us
        and states.from_us < defaults.valid_to_us
        and defaults.valid_from_us <= {{ as_of_us() }}
    left join groups
        on states.source_id = groups.source_id and states.group_id = groups.group_id
    where coalesce(agent_versions.valid_from_us, states.from_us) < coalesce(defaults.valid_to_us, states.to_us)
        and coalesce(defaults.valid_from_us, states.from_us) < coalesce(agent_versions.valid_to_us, states.to_us)
),

-- status and category both: away and back within one instant, a status may have another category (A40)
compared as (
    select
        *,
        row_number() over by_ticket as row_no,
        {%- for column in ['status', 'category', 'priority', 'line_of_business', 'group_id', 'assignee_id', 'schedule_id',
            'market', 'language', 'is_deleted', 'tier', 'vendor'] %}
        lag({{ column }}) over by_ticket as previous_{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from cut
    window by_ticket as (partition by ticket_no order by from_us)
),

changes as (
    select
        *,
        row_no = 1
        {%- for column in ['status', 'category', 'priority', 'line_of_business', 'group_id', 'assignee_id', 'schedule_id',
            'is_deleted', 'tier', 'vendor'] %}
        or {{ column }} is distinct from previous_{{ column }}
        {%- endfor %} as is_segment_start
    from compared
)

select
    ticket_no,
    from_us,
    coalesce(lead(from_us) over by_ticket, {{ end_us() }}) as to_us,
    is_segment_start,
    status,
    category,
    priority,
    line_of_business,
    group_id,
    assignee_id,
    tier,
    vendor,
    schedule_id,
    market,
    language,
    is_deleted
from changes
where is_segment_start or market is distinct from previous_market or language is distinct from previous_language
window by_ticket as (partition by ticket_no order by from_us)
