-- Which policy applies to a ticket from when (A16, A17): evaluated on the state after each instant with an
-- event; only evaluations that change policy, priority or epoch have a row. tick = event_no * 2 + 1, after
-- every event of its instant.
with tickets as (
    select * from {{ ref('int_tickets') }}
),

states as (
    select
        tickets.source_id,
        tickets.channel,
        tickets.requester_segment,
        states.*
    from {{ ref('int_ticket_states') }} as states
    inner join tickets on states.ticket_no = tickets.ticket_no
),

-- a condition nobody uses does not tell tickets apart
used as (
    select
        {{ coded('source_id') }} as source_id,
        {%- for column in ['line_of_business', 'channel', 'market', 'language', 'requester_segment', 'group_id'] %}
        max(case when {{ column }}_list is not null then 1 else 0 end) as uses_{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_sla_policy_conditions') }}
    group by 1
),

situated as (
    select
        states.ticket_no,
        states.event_no,
        states.at_us,
        states.source_id,
        states.epoch_no,
        states.priority,
        {%- for column in ['line_of_business', 'channel', 'market', 'language', 'requester_segment', 'group_id'] %}
        case when used.uses_{{ column }} = 1 then states.{{ column }} end as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from states
    inner join used on states.source_id = used.source_id
),

situations as (
    select distinct
        source_id, epoch_no, line_of_business, channel, market, language, requester_segment, group_id
    from situated
),

matches as (
    select
        situations.*,
        {{ coded('policies.policy_id') }} as policy_id,
        row_number() over (
            partition by
                situations.source_id, situations.epoch_no, situations.line_of_business, situations.channel,
                situations.market, situations.language, situations.requester_segment, situations.group_id
            order by policies.policy_position, policies.policy_id
        ) as choice_no
    from situations
    inner join {{ ref('int_sla_epochs') }} as epochs
        on situations.source_id = epochs.source_id and situations.epoch_no = epochs.epoch_no
    inner join {{ ref('int_sla_policy_conditions') }} as policies
        on situations.source_id = policies.source_id
        and policies.valid_from_us <= epochs.from_us
        and epochs.from_us < policies.valid_to_us
        {%- for column in ['line_of_business', 'channel', 'market', 'language', 'requester_segment', 'group_id'] %}
        and (policies.{{ column }}_list is null
            or {{ dbt.position("';' || situations." ~ column ~ " || ';'", 'policies.' ~ column ~ '_list') }} > 0)
        {%- endfor %}
),

evaluated as (
    select
        situated.ticket_no,
        situated.event_no,
        situated.at_us,
        situated.source_id,
        situated.epoch_no,
        situated.priority,
        matches.policy_id
    from situated
    left join matches
        on matches.choice_no = 1
        and situated.source_id = matches.source_id
        and situated.epoch_no = matches.epoch_no
        {%- for column in ['line_of_business', 'channel', 'market', 'language', 'requester_segment', 'group_id'] %}
        and situated.{{ column }} is not distinct from matches.{{ column }}
        {%- endfor %}
),

compared as (
    select
        *,
        row_number() over by_ticket as row_no,
        lag(epoch_no) over by_ticket as previous_epoch_no,
        lag(priority) over by_ticket as previous_priority,
        lag(policy_id) over by_ticket as previous_policy_id
    from evaluated
    window by_ticket as (partition by ticket_no order by at_us)
),

changes as (
    select * from compared
    where row_no = 1
        or epoch_no <> previous_epoch_no
        or priority is distinct from previous_priority
        or policy_id is distinct from previous_policy_id
)

select
    source_id,
    ticket_no,
    row_number() over by_ticket as evaluation_no,
    event_no * 2 + 1 as tick,
    at_us as from_us,
    coalesce(lead(at_us) over by_ticket, {{ end_us() }}) as to_us,
    policy_id,
    priority,
    epoch_no,
    previous_policy_id,
    previous_priority,
    previous_epoch_no
from changes
window by_ticket as (partition by ticket_no order by at_us)
