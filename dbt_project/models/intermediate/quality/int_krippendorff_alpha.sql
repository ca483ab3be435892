-- Krippendorff's alpha with the ordinal difference over all calibration sets of a rubric category (SEMANTICS 4):
-- alpha = 1 − (n − 1) Do / De. The ordinal distance of two values is the distance of their ranks, where the rank of a
-- value is the number of ratings below it plus half of those equal to it; here twice that, to stay whole. Sums of
-- squared distances over all pairs of a group follow from its count, sum and sum of squares of ranks, so no pair is made.
with ratings as (
    select * from {{ ref('int_calibration_ratings') }}
),

-- one rating has nothing to agree with
units as (
    select rubric_category_key, set_key, count(*) as rater_count
    from ratings
    group by 1, 2
    having count(*) > 1
),

pairable as (
    select ratings.*, units.rater_count
    from ratings
    inner join units on ratings.rubric_category_key = units.rubric_category_key and ratings.set_key = units.set_key
),

value_counts as (
    select rubric_category_key, rating, count(*) as value_count
    from pairable
    group by 1, 2
),

ranks as (
    select
        rubric_category_key,
        rating,
        cast(
            2 * sum(value_count) over (
                partition by rubric_category_key order by rating rows between unbounded preceding and current row
            ) - value_count as double
        ) as double_rank
    from value_counts
),

unit_sums as (
    select
        pairable.rubric_category_key,
        pairable.set_key,
        max(pairable.rater_count) as rater_count,
        sum(ranks.double_rank) as rank_sum,
        sum(ranks.double_rank * ranks.double_rank) as rank_square_sum
    from pairable
    inner join ranks on pairable.rubric_category_key = ranks.rubric_category_key and pairable.rating = ranks.rating
    group by 1, 2
),

-- units of equally many graders together: their sums are whole numbers, exact in any order
observed as (
    select
        rubric_category_key,
        rater_count,
        count(*) as set_count,
        sum(rank_sum) as rank_sum,
        sum(rank_square_sum) as rank_square_sum,
        sum(rater_count * rank_square_sum - rank_sum * rank_sum) as disagreement
    from unit_sums
    group by 1, 2
),

totals as (
    select
        rubric_category_key,
        sum(set_count) as set_count,
        sum(set_count * rater_count) as rating_count,
        sum(disagreement / (rater_count - 1)) as observed_sum,
        sum(set_count * rater_count) * sum(rank_square_sum) - sum(rank_sum) * sum(rank_sum) as expected_sum
    from observed
    group by 1
)

select
    rubric_category_key,
    cast(set_count as bigint) as set_count,
    cast(rating_count as bigint) as rating_count,
    case when expected_sum > 0 then 1e0 - (rating_count - 1) * observed_sum / expected_sum end as alpha
from totals
