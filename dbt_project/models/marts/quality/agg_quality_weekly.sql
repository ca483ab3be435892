{%- set dimensions = ['source_id', 'reviewed_week_date', 'subject_type', 'line_of_business', 'language', 'tier', 'vendor'] %}
with reviews as (
    select
        {{ cell_key(dimensions) }} as quality_weekly_key,
        {{ cell_key(dimensions | reject('eq', 'reviewed_week_date') | list) }} as cell_key,
        *
    from {{ ref('fct_quality_reviews') }}
    where not is_excluded
),

-- sums of exact decimals, so that the order of rows makes no difference
counted as (
    select
        quality_weekly_key,
        cell_key,
        {{ dimensions | join(',\n        ') }},
        count(case when is_in_iqs then 1 end) as review_count,
        count(case when is_in_iqs and is_auto_failed then 1 end) as auto_failed_count,
        count(case when purpose in ('random', 'targeted') and score is null then 1 end) as unscored_count,
        count(case when purpose = 'calibration' then 1 end) as calibration_count,
        count(case when purpose = 'self' then 1 end) as self_count,
        count(case when is_regraded then 1 end) as regraded_count,
        count(case when is_minor then 1 end) as minor_count,
        cast(sum(case when is_in_iqs then cast(sampling_weight as decimal(38, 15)) end) as double) as weight_sum,
        cast(sum(case when is_in_iqs then cast(sampling_weight * sampling_weight as decimal(38, 15)) end) as double) as weight_square_sum,
        cast(sum(case when is_in_iqs then cast(sampling_weight * score as decimal(38, 15)) end) as double) as weighted_score_sum
    from reviews
    group by
        quality_weekly_key,
        cell_key,
        {{ dimensions | join(',\n        ') }}
),

means as (
    select *, weighted_score_sum / weight_sum as iqs from counted
),

deviations as (
    select
        reviews.quality_weekly_key,
        cast(sum(cast(
            reviews.sampling_weight * reviews.sampling_weight * (reviews.score - means.iqs) * (reviews.score - means.iqs)
            as decimal(38, 15)
        )) as double) as deviation_sum,
        min(reviews.score) < max(reviews.score) as has_spread
    from reviews
    inner join means on reviews.quality_weekly_key = means.quality_weekly_key
    where reviews.is_in_iqs
    group by 1
),

-- the mean is a ratio of two weighted sums; its variance by linearisation, reviews drawn independently
estimated as (
    select
        means.*,
        deviations.has_spread,
        weight_sum * weight_sum / weight_square_sum as effective_review_count,
        case when review_count > 1 then
            sqrt(1e0 * review_count / (review_count - 1) * deviations.deviation_sum) / weight_sum
        end as iqs_standard_error
    from means
    left join deviations on means.quality_weekly_key = deviations.quality_weekly_key
),

bounded as (
    select
        *,
        {%- set parts = ['iqs', 'iqs_standard_error', 'review_count', 'has_spread', 'effective_review_count'] %}
        {{ weighted_mean_lower(*parts) }} as iqs_lower,
        {{ weighted_mean_upper(*parts) }} as iqs_upper
    from estimated
),

rubrics_used as (
    select distinct quality_weekly_key, concat(rubric_id, '/', cast(rubric_version as {{ dbt.type_string() }})) as rubric
    from reviews
    where is_in_iqs
),

week_rubrics as (
    select quality_weekly_key, {{ joined('rubric', ',', ['rubric']) }} as rubrics
    from rubrics_used
    group by 1
),

-- only weeks with reviews in IQS stand in a row here: one without between hides no new rubric
rubric_changes as (
    select
        week_rubrics.quality_weekly_key,
        week_rubrics.rubrics <> lag(week_rubrics.rubrics) over (
            partition by counted.cell_key order by counted.reviewed_week_date
        ) as is_other_than_before
    from week_rubrics
    inner join counted on week_rubrics.quality_weekly_key = counted.quality_weekly_key
)

select
    bounded.quality_weekly_key,
    {{ dimensions | join(',\n    ') }},
    {{ is_complete('reviewed_week_date') }} as is_complete_week,
    review_count,
    auto_failed_count,
    unscored_count,
    calibration_count,
    self_count,
    regraded_count,
    minor_count,
    coalesce(weight_sum, 0e0) as weight_sum,
    coalesce(weighted_score_sum, 0e0) as weighted_score_sum,
    effective_review_count as effective_reviews,
    iqs as iqs_rate,
    iqs_standard_error,
    iqs_lower as iqs_lower_rate,
    iqs_upper as iqs_upper_rate,
    {{ share_columns('auto_failed', 'auto_failed_count', 'review_count') }},
    coalesce(
        review_count >= {{ var('quality_minimum_reviews') }}
        and iqs_upper - iqs_lower < {{ var('quality_maximum_interval') }},
        false
    ) as is_rankable,
    coalesce(rubric_changes.is_other_than_before, false) as is_trend_broken
from bounded
left join rubric_changes on bounded.quality_weekly_key = rubric_changes.quality_weekly_key
