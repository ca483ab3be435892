with listed as (
    select *, count(*) over (partition by source_id, appeal_id) as decision_count from {{ ref('int_appeal_decisions') }}
),

-- a complaint listed with a single decision says no more than fct_appeals.decision_key does
pairs as (
    select * from listed where decision_count > 1
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
