{{ config(materialized='view') }}

-- Decisions as they stand at as_of. What could tell a minor's age, or show what the minor published, ends here:
-- nothing built on this can publish it.
with decisions as (
    select
        *,
        {{ micros('decided_at') }} as decided_us,
        {{ micros('notified_at') }} as notified_us,
        {{ micros('restored_at') }} as restored_us
    from {{ ref('int_decisions__unioned') }}
)

select
    source_id,
    decision_id,
    decided_us,
    case when notified_us <= {{ as_of_us() }} then notified_us end as notified_us,
    -- same day, the end of the month clamped (A52)
    {{ micros(dbt.dateadd('month', var('appeal_admission_months'), 'notified_at')) }} as appealable_until_us,
    restriction,
    ground,
    case when not coalesce(is_minor, false) then policy_category end as policy_category,
    case when not coalesce(is_minor, false) then surface end as surface,
    automated_detection,
    automated_decision,
    decider_id,
    decider_tier,
    market,
    language,
    is_minor,
    case when restored_us <= {{ as_of_us() }} then restored_us end as restored_us,
    case when restored_us <= {{ as_of_us() }} then restored_reason end as restored_reason
from decisions
where decided_us <= {{ as_of_us() }}
