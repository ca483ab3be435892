-- One course per insight: its steps are numbered without gaps from its detection, and each begins where the one before
-- ended.
with steps as (
    select
        *,
        lag(to_state) over (partition by insight_key order by step_no) as previous_state,
        count(*) over (partition by insight_key) as step_count,
        max(step_no) over (partition by insight_key) as last_step_no
    from {{ ref('fct_insight_transitions') }}
)

select insights.insight_key
from {{ ref('fct_insights') }} as insights
left join steps on insights.insight_key = steps.insight_key and steps.step_no = 1
where steps.origin is distinct from 'detection'

union all

select insight_key
from steps
where step_count <> last_step_no or (step_no > 1 and from_state is distinct from previous_state)
