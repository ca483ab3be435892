-- Every review made by as_of is in fct_quality_reviews; those not excluded are counted by agg_quality_weekly, in IQS or
-- apart from it.
with delivered as (
    select count(*) as review_count
    from {{ ref('stg_canonical__quality_reviews') }}
    where {{ micros('reviewed_at') }} <= {{ as_of_us() }}
),

facts as (
    select
        count(*) as review_count,
        count(case when not is_excluded and (is_in_iqs or purpose in ('calibration', 'self') or score is null) then 1 end) as counted_count
    from {{ ref('fct_quality_reviews') }}
),

aggregated as (
    select coalesce(sum(review_count + unscored_count + calibration_count + self_count), 0) as review_count
    from {{ ref('agg_quality_weekly') }}
)

select delivered.review_count as delivered_count, facts.*, aggregated.review_count as aggregated_count
from delivered
cross join facts
cross join aggregated
where delivered.review_count <> facts.review_count or facts.counted_count <> aggregated.review_count
