-- The score of each review: the weighted mean over the categories that were rated; 0 if a critical one is under half
-- (SEMANTICS 4). Sums of exact decimals, so that the order of rows makes no difference.
with reviews as (
    select {{ surrogate_key(['source_id', 'review_id']) }} as review_key, source_id, review_id
    from {{ ref('stg_canonical__quality_reviews') }}
    where {{ micros('reviewed_at') }} <= {{ as_of_us() }}
),

summed as (
    select
        review_key,
        count(*) as rating_count,
        count(rating_share) as rated_count,
        count(case when rating is null then 1 end) as not_applicable_count,
        count(case when is_unusable then 1 end) as unusable_count,
        cast(sum(case when rating_share is not null then cast(weight as decimal(38, 15)) end) as double) as weight_sum,
        cast(sum(cast(weight * rating_share as decimal(38, 15))) as double) as weighted_sum,
        max(case when is_critical and rating_share < 0.5 then 1 else 0 end) as failed
    from {{ ref('int_quality_ratings') }}
    group by 1
),

scored as (
    select
        reviews.*,
        coalesce(summed.rating_count, 0) as rating_count,
        coalesce(summed.rated_count, 0) as rated_count,
        coalesce(summed.not_applicable_count, 0) as not_applicable_count,
        coalesce(summed.unusable_count, 0) as unusable_count,
        -- fifteen digits of each share; a mean of perfect ratings is 1, never a hair above
        case when summed.weight_sum > 0 then least(1e0, summed.weighted_sum / summed.weight_sum) end as raw_score,
        coalesce(summed.failed, 0) = 1 as is_auto_failed
    from reviews
    left join summed on reviews.review_key = summed.review_key
)

select
    *,
    case when is_auto_failed and raw_score is not null then 0e0 else raw_score end as score,
    case
        when raw_score is not null then null
        when rating_count = 0 then 'no_ratings'
        when not_applicable_count = rating_count then 'all_not_applicable'
        else 'no_usable_rating'
    end as score_null_reason
from scored
