-- What the effect of a shipment says: one look, at the first number of weeks at which there is enough data on what the
-- insight is about. Improved = verified, worse or no clear change = the fix failed, reopened. Where the two did not run
-- in parallel before, there is no verdict: a person decides.
with shipments as (
    select * from {{ ref('int_insight_shipments') }}
),

effects as (
    select * from {{ ref('int_insight_effects') }}
),

weeks as (
    select * from {{ ref('int_driver_weeks') }}
),

looks as (
    select
        shipments.insight_key,
        shipments.shipment_key,
        shipments.source_id,
        effects.after_weeks,
        effects.last_week_no,
        effects.result,
        effects.is_parallel,
        row_number() over (partition by shipments.shipment_key order by effects.after_weeks) as look_no
    from effects
    inner join shipments
        on effects.shipment_key = shipments.shipment_key and effects.measure = shipments.measure
    where effects.has_enough
)

select
    looks.insight_key,
    looks.shipment_key,
    looks.after_weeks,
    weeks.to_us as judged_us,
    looks.result,
    looks.is_parallel,
    case
        when not coalesce(looks.is_parallel, true) then null
        when looks.result = 'improved' then 'verified'
        else 'reopened'
    end as verdict
from looks
inner join weeks on looks.source_id = weeks.source_id and looks.last_week_no = weeks.week_no
where looks.look_no = 1
