{{ config(materialized='view') }}
-- Who held a ticket, counted (A7, A31): assignees in event order with the gaps between them skipped.
with tickets as (
    select * from {{ ref('int_tickets') }}
),

initial as (
    select * from {{ ref('int_ticket_initial_values') }}
),

held as (
    select initial.ticket_no, 0 as event_no, tickets.created_us as at_us, {{ coded("'assignee'") }} as kind, initial.assignee_id as value
    from initial
    inner join tickets on initial.ticket_no = tickets.ticket_no
    union all
    select ticket_no, 0, null, {{ coded("'group'") }}, group_id from initial
    union all
    select ticket_no, event_no, at_us, kind, value from {{ ref('int_ticket_events') }}
    where kind in ('assignee', 'group') and not is_future
),

agent_versions as (
    select
        {{ coded('source_id') }} as source_id,
        {{ coded('agent_id') }} as agent_id,
        tier,
        valid_from_us,
        valid_to_us
    from {{ ref('int_agent_versions') }}
),

assignees as (
    select
        held.ticket_no,
        held.event_no,
        held.at_us,
        held.value as agent_id,
        lag(held.value) over (partition by held.ticket_no order by held.event_no) as previous_agent_id
    from held
    where held.kind = 'assignee' and held.value is not null
),

handoffs as (
    select
        assignees.ticket_no,
        giver.tier as giver_tier,
        taker.tier as taker_tier
    from assignees
    inner join tickets on assignees.ticket_no = tickets.ticket_no
    left join agent_versions as giver
        on tickets.source_id = giver.source_id
        and assignees.previous_agent_id = giver.agent_id
        and giver.valid_from_us <= assignees.at_us
        and assignees.at_us < giver.valid_to_us
    left join agent_versions as taker
        on tickets.source_id = taker.source_id
        and assignees.agent_id = taker.agent_id
        and taker.valid_from_us <= assignees.at_us
        and assignees.at_us < taker.valid_to_us
    where assignees.agent_id <> assignees.previous_agent_id
),

handoff_counts as (
    select
        ticket_no,
        count(*) as handoff_count,
        count(case when giver_tier = 'T1' and taker_tier = 'T2' then 1 end) as escalation_count,
        count(case when giver_tier = 'T2' and taker_tier = 'T1' then 1 end) as bounce_count
    from handoffs
    group by 1
),

holder_counts as (
    select
        ticket_no,
        min(case when kind = 'assignee' then at_us end) as first_assigned_us,
        count(distinct case when kind = 'assignee' then value end) as assignee_count,
        count(distinct case when kind = 'group' then value end) as group_count
    from held
    where value is not null
    group by 1
)

select
    holder_counts.ticket_no,
    holder_counts.first_assigned_us,
    holder_counts.assignee_count,
    holder_counts.group_count,
    coalesce(handoff_counts.handoff_count, 0) as handoff_count,
    coalesce(handoff_counts.escalation_count, 0) as escalation_count,
    coalesce(handoff_counts.bounce_count, 0) as bounce_count
from holder_counts
left join handoff_counts on holder_counts.ticket_no = handoff_counts.ticket_no
