-- Every rating as a share of its scale, by the rubric version the review names. Where that version's row was edited
-- and has validity, the row in force when the review was made, else the latest one (SEMANTICS 4).
with reviews as (
    select *, {{ micros('reviewed_at') }} as reviewed_us
    from {{ ref('stg_canonical__quality_reviews') }}
    where {{ micros('reviewed_at') }} <= {{ as_of_us() }}
),

ratings as (
    select
        coalesce(source_references.refers_to_source_id, ratings.source_id) as review_source_id,
        ratings.review_id,
        ratings.category_id,
        ratings.rating
    from {{ ref('stg_canonical__quality_ratings') }} as ratings
    left join {{ ref('stg_site__source_references') }} as source_references
        on ratings.source_id = source_references.source_id and source_references.reference = 'review_id'
),

rubrics as (
    select
        consumer_id as source_id,
        rubric_id,
        version,
        category_id,
        category_name,
        weight,
        scale_min,
        scale_max,
        coalesce(is_critical, false) as is_critical,
        {{ valid_from_us() }} as valid_from_us,
        {{ valid_to_us() }} as valid_to_us
    from ({{ as_seen_by_sources('stg_canonical__rubrics', 'rubric_id') }}) as rubric_rows
),

matched as (
    select
        reviews.source_id,
        reviews.review_id,
        ratings.category_id,
        ratings.rating,
        rubrics.category_name,
        rubrics.weight,
        rubrics.scale_min,
        rubrics.scale_max,
        rubrics.is_critical,
        row_number() over (
            partition by reviews.source_id, reviews.review_id, ratings.category_id
            order by
                case when rubrics.valid_from_us <= reviews.reviewed_us and reviews.reviewed_us < rubrics.valid_to_us then 0 else 1 end,
                rubrics.valid_from_us desc,
                rubrics.weight
        ) as choice_no
    from reviews
    inner join ratings on reviews.source_id = ratings.review_source_id and reviews.review_id = ratings.review_id
    left join rubrics
        on reviews.source_id = rubrics.source_id
        and reviews.rubric_id = rubrics.rubric_id
        and reviews.rubric_version = rubrics.version
        and ratings.category_id = rubrics.category_id
)

select
    {{ surrogate_key(['source_id', 'review_id']) }} as review_key,
    source_id,
    review_id,
    category_id,
    category_name,
    rating,
    weight,
    is_critical,
    scale_max - scale_min as scale_width,
    case
        when scale_min < scale_max and rating between scale_min and scale_max
            then (rating - scale_min) / (scale_max - scale_min)
    end as rating_share,
    rating is not null and coalesce(scale_min >= scale_max or rating not between scale_min and scale_max, true) as is_unusable
from matched
where choice_no = 1
