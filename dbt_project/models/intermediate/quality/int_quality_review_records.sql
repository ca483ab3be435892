{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    full_refresh=false,
    schema='records',
    pre_hook="{{ forget_unpublished_records() }}",
) }}
-- Scores as they were published: a source sends only the latest version of a review, so what a re-grading replaced is
-- kept here. One row when a review is first seen with ratings, and one whenever its score or rubric differs from then.
with scores as (
    select
        scores.*,
        reviews.rubric_id,
        reviews.rubric_version,
        {{ micros('reviews.updated_at') }} as updated_us
    from {{ ref('int_quality_scores') }} as scores
    inner join {{ ref('stg_canonical__quality_reviews') }} as reviews
        on scores.source_id = reviews.source_id and scores.review_id = reviews.review_id
    where scores.rating_count > 0
)
{%- if is_incremental() %},

recorded as (
    select
        *,
        row_number() over (
            partition by review_key order by recorded_as_of_us desc, recorded_load_no desc, record_no desc
        ) as place_from_last
    from {{ this }}
)
{%- endif %}

select
    scores.review_key,
    scores.source_id,
    scores.review_id,
    cast({{ as_of_us() }} as bigint) as recorded_as_of_us,
    (select max(load_no) from {{ ref('stg_site__load_report') }}) as recorded_load_no,
    {{ 'coalesce(recorded.record_no, 0) + 1' if is_incremental() else '1' }} as record_no,
    scores.updated_us,
    scores.rubric_id,
    scores.rubric_version,
    scores.raw_score,
    scores.score,
    scores.is_auto_failed
from scores
{%- if is_incremental() %}
left join recorded on scores.review_key = recorded.review_key and recorded.place_from_last = 1
where recorded.review_key is null
    or recorded.raw_score is distinct from scores.raw_score
    or recorded.score is distinct from scores.score
    or recorded.rubric_id is distinct from scores.rubric_id
    or recorded.rubric_version is distinct from scores.rubric_version
{%- endif %}
