with pairs as (
    select * from {{ ref('int_appeal_decisions') }}
),

appeals as (
    select * from {{ ref('int_appeals') }}
),

decisions as (
    select * from {{ ref('int_decisions') }}
)

select
    {{ surrogate_key(['pairs.source_id', 'pairs.appeal_id', 'pairs.decision_source_id', 'pairs.decision_id']) }} as bridge_key,
    {{ surrogate_key(['pairs.source_id', 'pairs.appeal_id']) }} as appeal_key,
    case when decisions.decision_id is not null
        then {{ surrogate_key(['pairs.decision_source_id', 'pairs.decision_id']) }}
    end as decision_key,
    pairs.source_id,
    pairs.appeal_id,
    pairs.decision_id,
    decisions.restriction,
    pairs.is_primary
from pairs
inner join appeals on pairs.source_id = appeals.source_id and pairs.appeal_id = appeals.appeal_id
left join decisions on pairs.decision_source_id = decisions.source_id and pairs.decision_id = decisions.decision_id
