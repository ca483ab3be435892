-- Each fine as a decision. A fine that carries a code of dismissal from its creation, and was neither paid nor
-- collected, was cancelled by the office itself; nobody dated that, so the case's last event stands for it.
with cases as (
    select
        *,
        office_dismissal is not null and last_paid_at is null and collected_at is null as is_cancelled_by_office
    from {{ ref('stg_appeals_events__cases') }}
)

select
    source_id,
    case_id as decision_id,
    created_at as decided_at,
    notified_at,
    cast(null as {{ dbt.type_string() }}) as creator_id,
    -- a fine takes money, and the contract has no other word for that
    'monetisation' as restriction,
    'illegal' as ground,
    article as policy_category,
    vehicle_class as surface,
    cast(null as boolean) as automated_detection,
    cast(null as {{ dbt.type_string() }}) as automated_decision,
    resource_id as decider_id,
    cast(null as {{ dbt.type_string() }}) as decider_tier,
    cast(null as {{ dbt.type_string() }}) as market,
    cast(null as {{ dbt.type_string() }}) as language,
    cast(null as boolean) as is_minor,
    case when is_cancelled_by_office then last_at end as restored_at,
    case when is_cancelled_by_office then 'own_initiative' end as restored_reason,
    last_at as updated_at,
    load_no
from cases
where created_at is not null
