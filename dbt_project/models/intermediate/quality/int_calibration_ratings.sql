-- What each grader gave a subject in calibration: one value per set (same subject, same rubric version), category and
-- grader, their latest. N/A is no value.
with reviews as (
    select *, {{ micros('reviewed_at') }} as reviewed_us
    from {{ ref('fct_quality_reviews') }}
    where purpose = 'calibration' and not is_excluded
),

latest as (
    select
        *,
        row_number() over (
            partition by source_id, subject_type, subject_id, rubric_id, rubric_version, reviewer_id
            order by reviewed_us desc, review_id desc
        ) as place_from_last
    from reviews
)

select
    {{ cell_key(['latest.source_id', 'latest.subject_type', 'latest.subject_id', 'latest.rubric_id', 'latest.rubric_version']) }} as set_key,
    {{ cell_key(['latest.source_id', 'latest.rubric_id', 'latest.rubric_version', 'ratings.category_id']) }} as rubric_category_key,
    latest.source_id,
    latest.subject_type,
    latest.subject_id,
    latest.rubric_id,
    latest.rubric_version,
    ratings.category_id,
    ratings.category_name,
    latest.reviewer_id,
    ratings.rating,
    ratings.scale_width,
    latest.is_minor
from latest
inner join {{ ref('int_quality_ratings') }} as ratings on latest.review_key = ratings.review_key
where latest.place_from_last = 1 and ratings.rating_share is not null
