{%- set judged_shipment_no = "case when transitions.origin = 'effect' then transitions.shipment_no end" %}
with transitions as (
    select
        *,
        lead(occurred_us) over (partition by insight_key order by step_no) as next_us
    from {{ ref('int_insight_transitions') }}
),

insights as (
    select * from {{ ref('int_insights') }}
)

select
    {{ cell_key(['transitions.insight_key', 'transitions.origin', 'transitions.action_source_id', 'transitions.action_id', judged_shipment_no]) }} as transition_key,
    transitions.insight_key,
    insights.source_id,
    transitions.step_no,
    {{ instant('transitions.occurred_us') }} as occurred_at,
    transitions.origin,
    transitions.status,
    transitions.from_state,
    transitions.to_state,
    transitions.issue is null as is_valid,
    transitions.issue,
    coalesce(transitions.from_state, '') <> transitions.to_state as is_change,
    {{ seconds('case when transitions.next_us >= transitions.occurred_us then transitions.next_us - transitions.occurred_us end') }}
        as seconds_to_next,
    transitions.action_source_id,
    transitions.action_id,
    {{ judged_shipment_no }} as shipment_no,
    transitions.owner_team,
    transitions.owner_id,
    transitions.due_on,
    transitions.note,
    transitions.reference_url
from transitions
inner join insights on transitions.insight_key = insights.insight_key
