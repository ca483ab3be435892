-- Cohen's kappa of each pair of graders over the sets both rated: (po − pe) / (1 − pe), pe from how often each gave
-- each value there (SEMANTICS 4).
with ratings as (
    select * from {{ ref('int_calibration_ratings') }}
),

common as (
    select
        one.rubric_category_key,
        one.set_key,
        one.reviewer_id as reviewer_a_id,
        two.reviewer_id as reviewer_b_id,
        one.rating as rating_a,
        two.rating as rating_b,
        one.is_minor
    from ratings as one
    inner join ratings as two
        on one.rubric_category_key = two.rubric_category_key
        and one.set_key = two.set_key
        and one.reviewer_id < two.reviewer_id
),

given_a as (
    select rubric_category_key, reviewer_a_id, reviewer_b_id, rating_a as rating, count(*) as given_count
    from common
    group by 1, 2, 3, 4
),

given_b as (
    select rubric_category_key, reviewer_a_id, reviewer_b_id, rating_b as rating, count(*) as given_count
    from common
    group by 1, 2, 3, 4
),

chance as (
    select
        given_a.rubric_category_key,
        given_a.reviewer_a_id,
        given_a.reviewer_b_id,
        sum(given_a.given_count * given_b.given_count) as chance_sum
    from given_a
    inner join given_b
        on given_a.rubric_category_key = given_b.rubric_category_key
        and given_a.reviewer_a_id = given_b.reviewer_a_id
        and given_a.reviewer_b_id = given_b.reviewer_b_id
        and given_a.rating = given_b.rating
    group by 1, 2, 3
),

observed as (
    select
        rubric_category_key,
        reviewer_a_id,
        reviewer_b_id,
        count(*) as set_count,
        count(case when rating_a = rating_b then 1 end) as agreed_count,
        count(case when is_minor then 1 end) as minor_count
    from common
    group by 1, 2, 3
)

select
    observed.rubric_category_key,
    observed.reviewer_a_id,
    observed.reviewer_b_id,
    observed.set_count,
    observed.agreed_count,
    observed.minor_count,
    case
        when coalesce(chance.chance_sum, 0) < observed.set_count * observed.set_count
            then 1e0 * (observed.agreed_count * observed.set_count - coalesce(chance.chance_sum, 0))
                / (observed.set_count * observed.set_count - coalesce(chance.chance_sum, 0))
    end as kappa
from observed
left join chance
    on observed.rubric_category_key = chance.rubric_category_key
    and observed.reviewer_a_id = chance.reviewer_a_id
    and observed.reviewer_b_id = chance.reviewer_b_id
