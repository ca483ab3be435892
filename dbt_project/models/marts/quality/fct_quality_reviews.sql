with reviews as (
    select
        {{ surrogate_key(['source_id', 'review_id']) }} as review_key,
        *,
        {{ micros('reviewed_at') }} as reviewed_us
    from {{ ref('stg_canonical__quality_reviews') }}
    where {{ micros('reviewed_at') }} <= {{ as_of_us() }}
),

scores as (
    select * from {{ ref('int_quality_scores') }}
),

subjects as (
    select * from {{ ref('int_quality_subjects') }}
),

records as (
    select * from {{ ref('int_quality_review_records') }} where recorded_as_of_us <= {{ as_of_us() }}
),

first_records as (
    select
        records.*,
        counts.record_count
    from records
    inner join (
        select review_key, min(record_no) as record_no, count(*) as record_count from records group by 1
    ) as counts on records.review_key = counts.review_key and records.record_no = counts.record_no
)

select
    reviews.review_key,
    reviews.source_id,
    reviews.review_id,
    reviews.subject_type,
    reviews.subject_id,
    subjects.ticket_key,
    subjects.appeal_key,
    reviews.agent_id,
    reviews.reviewer_id,
    {{ instant('reviews.reviewed_us') }} as reviewed_at,
    site_days.site_date as reviewed_date,
    site_days.week_start_date as reviewed_week_date,
    {{ instant(micros('reviews.updated_at')) }} as updated_at,
    reviews.rubric_id,
    cast(reviews.rubric_version as bigint) as rubric_version,
    reviews.purpose,
    reviews.sampling_weight,
    scores.score,
    scores.raw_score,
    scores.is_auto_failed,
    scores.score_null_reason,
    scores.rated_count,
    scores.not_applicable_count,
    scores.unusable_count,
    reviews.purpose in ('random', 'targeted')
    and scores.score is not null
    and reviews.sampling_weight > 0
    and not subjects.is_excluded as is_in_iqs,
    first_records.score as first_score,
    first_records.raw_score as first_raw_score,
    cast(first_records.rubric_version as bigint) as first_rubric_version,
    {{ instant('first_records.recorded_as_of_us') }} as first_recorded_as_of,
    coalesce(
        first_records.raw_score is distinct from scores.raw_score
        or first_records.score is distinct from scores.score
        or first_records.rubric_id is distinct from reviews.rubric_id
        or first_records.rubric_version is distinct from reviews.rubric_version,
        false
    ) and first_records.review_key is not null as is_regraded,
    cast(coalesce(first_records.record_count, 0) as bigint) as recorded_version_count,
    reviews.reviewer_id = reviews.agent_id as is_own_work,
    subjects.tier,
    subjects.vendor,
    subjects.lead_id,
    subjects.line_of_business,
    subjects.market,
    subjects.language,
    subjects.is_minor,
    subjects.is_excluded
from reviews
inner join scores on reviews.review_key = scores.review_key
inner join subjects on reviews.review_key = subjects.review_key
{{ join_site_day('site_days', 'reviews.reviewed_us') }}
left join first_records on reviews.review_key = first_records.review_key
