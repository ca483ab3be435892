-- What was reported as shipped for an insight, with the weeks its effect is measured over: before, from where the
-- pattern began to show (at most insight_effect_weeks_before weeks), to the week of the shipment, which is neither;
-- after, until the next shipment. Whether a report is a shipment depends on the state it finds, and that on what the
-- effect said of the one before: all reports are measured, and int_insight_transitions tells which count.
with recursive insights as (
    select * from {{ ref('int_insights') }}
),

actions as (
    select
        insight_key,
        source_id,
        action_id,
        status,
        {{ micros('occurred_at') }} as occurred_us,
        row_number() over (partition by insight_key order by occurred_at, source_id, action_id) as action_no
    from {{ ref('stg_canonical__feedback_actions') }}
    where {{ micros('occurred_at') }} <= {{ as_of_us() }}
),

-- the course by reports alone. What it takes for a shipment ends the weeks of the one before; a shipment after the
-- effect reopened the insight need not, since the effect has then been judged on the weeks before it
reported as (
    select
        insight_key,
        0 as action_no,
        cast('raised' as {{ dbt.type_string() }}) as state,
        false as is_begun
    from insights

    union all

    select
        actions.insight_key,
        cast(actions.action_no as int) as action_no,
        {{ insight_state_after('reported.state', 'actions.status') }} as state,
        actions.status = 'shipped'
        and {{ insight_state_after('reported.state', 'actions.status') }} <> reported.state as is_begun
    from reported
    inner join actions
        on reported.insight_key = actions.insight_key and actions.action_no = reported.action_no + 1
),

shipped as (
    select
        actions.insight_key,
        actions.source_id as action_source_id,
        actions.action_id,
        actions.occurred_us as shipped_us,
        reported.is_begun
    from actions
    inner join reported
        on actions.insight_key = reported.insight_key and actions.action_no = reported.action_no
    where actions.status = 'shipped'
),

weeks as (
    select * from {{ ref('int_driver_weeks') }}
),

dated as (
    select
        insights.insight_key,
        insights.source_id,
        insights.measure,
        insights.scope_level,
        insights.line_of_business,
        insights.contact_reason,
        insights.market,
        insights.language,
        insights.channel,
        insights.theme_key,
        insights.first_week_no - insights.window_weeks + 1 as pattern_from_week_no,
        shipped.action_source_id,
        shipped.action_id,
        shipped.shipped_us,
        shipped.is_begun,
        weeks.week_no as shipped_week_no
    from shipped
    inner join insights on shipped.insight_key = insights.insight_key
    inner join weeks
        on insights.source_id = weeks.source_id
        and shipped.shipped_us >= weeks.from_us
        and shipped.shipped_us < weeks.to_us
),

numbered as (
    select
        *,
        row_number() over (partition by insight_key order by shipped_us, action_source_id, action_id) as report_no,
        min(case when is_begun then shipped_week_no end) over (
            partition by insight_key
            order by shipped_us, action_source_id, action_id
            rows between 1 following and unbounded following
        ) as next_shipped_week_no
    from dated
)

select
    {{ cell_key(['insight_key', 'report_no']) }} as shipment_key,
    insight_key,
    cast(report_no as int) as report_no,
    action_source_id,
    action_id,
    source_id,
    measure,
    scope_level,
    line_of_business,
    contact_reason,
    market,
    language,
    channel,
    theme_key,
    shipped_us,
    cast(shipped_week_no as int) as shipped_week_no,
    cast(greatest(
        pattern_from_week_no, shipped_week_no - {{ var('insight_effect_weeks_before') }}
    ) as int) as before_from_week_no,
    cast(next_shipped_week_no as int) as next_shipped_week_no
from numbered
