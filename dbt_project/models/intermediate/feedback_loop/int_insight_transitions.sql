{%- set begins_a_shipment -%}
    ordered.status = 'shipped' and walk.to_state <> 'shipped'
    and {{ insight_state_after('walk.to_state', 'ordered.status') }} = 'shipped'
{%- endset %}
-- The course of each insight: raised by the detection, then what teams reported in feedback_actions, then what the
-- measured effect says of a shipment. Steps are walked through in order of time, since what one may do depends on the
-- state it finds; odd ones are flagged and kept. A verdict is a step if its shipment is the latest one that counts: one
-- that was not allowed, or repeated the state, has changed nothing whose effect could be judged.
with recursive insights as (
    select * from {{ ref('int_insights') }}
),

actions as (
    select *, {{ micros('occurred_at') }} as occurred_us
    from {{ ref('stg_canonical__feedback_actions') }}
    where {{ micros('occurred_at') }} <= {{ as_of_us() }}
),

shipments as (
    select * from {{ ref('int_insight_shipments') }}
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
        cast(null as {{ dbt.type_string() }}) as shipment_key
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
        shipments.shipment_key
    from actions
    inner join insights on actions.insight_key = insights.insight_key
    left join shipments
        on actions.insight_key = shipments.insight_key
        and actions.source_id = shipments.action_source_id
        and actions.action_id = shipments.action_id

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
        shipment_key
    from verdicts
    where verdict is not null
),

-- an insight begins by being raised, also where an action bears an earlier time
ordered as (
    select
        *,
        row_number() over (
            partition by insight_key
            order by case when origin_no = 0 then 0 else 1 end, occurred_us, origin_no, action_source_id, action_id, shipment_key
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
        cast(null as {{ dbt.type_string() }}) as issue,
        cast(null as {{ dbt.type_string() }}) as shipment_key,
        0 as shipment_no,
        true as is_step
    from ordered
    where step_no = 1

    union all

    select
        ordered.insight_key,
        ordered.step_no,
        walk.to_state as from_state,
        case
            when ordered.origin = 'effect' and ordered.shipment_key is distinct from walk.shipment_key then walk.to_state
            else {{ insight_state_after('walk.to_state', 'ordered.status') }}
        end as to_state,
        {{ insight_step_issue('walk.to_state', 'ordered.status') }} as issue,
        case when {{ begins_a_shipment }} then ordered.shipment_key else walk.shipment_key end as shipment_key,
        walk.shipment_no + case when {{ begins_a_shipment }} then 1 else 0 end as shipment_no,
        ordered.origin <> 'effect' or ordered.shipment_key is not distinct from walk.shipment_key as is_step
    from walk
    inner join ordered
        on walk.insight_key = ordered.insight_key and ordered.step_no = walk.step_no + 1
)

select
    ordered.insight_key,
    cast(row_number() over (partition by ordered.insight_key order by ordered.step_no) as int) as step_no,
    ordered.occurred_us,
    ordered.origin,
    ordered.action_source_id,
    ordered.action_id,
    case
        when ordered.origin = 'effect' or (ordered.status = 'shipped' and walk.from_state <> walk.to_state) then walk.shipment_key
    end as shipment_key,
    case
        when ordered.origin = 'effect' or (ordered.status = 'shipped' and walk.from_state <> walk.to_state)
            then cast(walk.shipment_no as int)
    end as shipment_no,
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
where walk.is_step
