-- A decision's outcome is a verdict that an internal complaint on it received: without one there is none, whatever a
-- dispute body says.
with internal_verdicts as (
    select decision_key, outcome from {{ ref('fct_appeals') }} where body = 'internal' and is_decided
    union
    select bridge.decision_key, appeals.outcome
    from {{ ref('bridge_appeal_decisions') }} as bridge
    inner join {{ ref('fct_appeals') }} as appeals on bridge.appeal_key = appeals.appeal_key
    where appeals.body = 'internal' and appeals.is_decided
)

select decisions.decision_key, decisions.outcome
from {{ ref('fct_decisions') }} as decisions
left join internal_verdicts as verdicts
    on decisions.decision_key = verdicts.decision_key and decisions.outcome = verdicts.outcome
where decisions.ods_dispute_count > 0 and decisions.outcome is not null and verdicts.decision_key is null
