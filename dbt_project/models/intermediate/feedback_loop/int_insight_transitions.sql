-- The course of each insight: raised by the detection, then what teams reported in feedback_actions, then what the
-- measured effect says of a shipment. Steps are walked through in order of time, since what one may do depends on the
-- state it finds; odd ones are flagged and kept.
with recursive insights as (
    select * from {{ ref('int_insights') }}
),

actions as (
    select *, {{ micros('occurred_at') }} as occurred_us
    from {{ ref('stg_canonical__feedback_actions') }}
    where {{ micros('occurred_at') }} <= {{ as_of_us() }}
),

verdicts as (
    select * from {{ ref('int_insight_verdicts') }}
),

steps as (
    select
        insight_key,
        detected_us as occurred_us,
        0 as origin_no,
        'detection' as origin,
        cast(null as {{ dbt.type_string() }}) as action_source_id,
        cast(null as {{ dbt.type_string() }}) as action_id,
        'raised' as status,
        cast(null as {{ dbt.type_string() }}) as owner_team,
        cast(null as {{ dbt.type_string() }}) as owner_id,
        cast(null as date) as due_on,
        cast(null as {{ dbt.type_string() }}) as note,
        cast(null as {{ dbt.type_string() }}) as reference_url,
        cast(null as int) as shipment_no
    from insights

    union all

    select
        actions.insight_key,
        actions.occurred_us,
        1 as origin_no,
        'action' as origin,
        actions.source_id as action_source_id,
        actions.action_id,
        actions.status,
        actions.owner_team,
        actions.owner_id,
        actions.due_on,
        actions.note,
        actions.reference_url,
        cast(null as int) as shipment_no
    from actions
    inner join insights on actions.insight_key = insights.insight_key

    union all

    select
        insight_key,
        judged_us as occurred_us,
        2 as origin_no,
        'effect' as origin,
        cast(null as {{ dbt.type_string() }}) as action_source_id,
        cast(null as {{ dbt.type_string() }}) as action_id,
        verdict as status,
        cast(null as {{ dbt.type_string() }}) as owner_team,
        cast(null as {{ dbt.type_string() }}) as owner_id,
        cast(null as date) as due_on,
        cast(null as {{ dbt.type_string() }}) as note,
        cast(null as {{ dbt.type_string() }}) as reference_url,
        shipment_no
    from verdicts
    where verdict is not null
),

-- an insight begins by being raised, also where an action bears an earlier time
ordered as (
    select
        *,
        row_number() over (
            partition by insight_key
            order by case when origin_no = 0 then 0 else 1 end, occurred_us, origin_no, action_source_id, action_id, shipment_no
        ) as step_no,
        min(case when origin_no = 0 then occurred_us end) over (partition by insight_key) as raised_us
    from steps
),

walk as (
    select
        insight_key,
        step_no,
        cast(null as {{ dbt.type_string() }}) as from_state,
        cast('raised' as {{ dbt.type_string() }}) as to_state,
        cast(null as {{ dbt.type_string() }}) as issue
    from ordered
    where step_no = 1

    union all

    select
        ordered.insight_key,
        ordered.step_no,
        walk.to_state as from_state,
        {{ insight_state_after('walk.to_state', 'ordered.status') }} as to_state,
        {{ insight_step_issue('walk.to_state', 'ordered.status') }} as issue
    from walk
    inner join ordered
        on walk.insight_key = ordered.insight_key and ordered.step_no = walk.step_no + 1
)

select
    ordered.insight_key,
    cast(ordered.step_no as int) as step_no,
    ordered.occurred_us,
    ordered.origin,
    ordered.action_source_id,
    ordered.action_id,
    ordered.shipment_no,
    ordered.status,
    walk.from_state,
    walk.to_state,
    coalesce(
        walk.issue,
        case when ordered.occurred_us < ordered.raised_us then 'before_it_was_raised' end
    ) as issue,
    ordered.owner_team,
    ordered.owner_id,
    ordered.due_on,
    ordered.note,
    ordered.reference_url
from ordered
inner join walk on ordered.insight_key = walk.insight_key and ordered.step_no = walk.step_no
