-- What was shipped for an insight, with the weeks its effect is measured over: before, from where the pattern began to
-- show (at most insight_effect_weeks_before weeks), to the week of the shipment, which is neither; after, until the
-- next shipment of the insight.
with insights as (
    select * from {{ ref('int_insights') }}
),

shipped as (
    select
        insight_key,
        action_id,
        {{ micros('occurred_at') }} as shipped_us
    from {{ ref('stg_canonical__feedback_actions') }}
    where status = 'shipped' and {{ micros('occurred_at') }} <= {{ as_of_us() }}
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
        shipped.action_id,
        shipped.shipped_us,
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
        row_number() over (partition by insight_key order by shipped_us, action_id) as shipment_no,
        lead(shipped_week_no) over (partition by insight_key order by shipped_us, action_id) as next_shipped_week_no
    from dated
)

select
    {{ cell_key(['insight_key', 'shipment_no']) }} as shipment_key,
    insight_key,
    cast(shipment_no as int) as shipment_no,
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
