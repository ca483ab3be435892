{%- set dimensions = ['source_id', 'reviewed_month_date', 'reviewer_id', 'rubric_id', 'rubric_version'] %}
{%- set z = normal_quantile() %}
-- Raw scores, so that an auto-fail does not drown what the grader thought of the rest.
with reviews as (
    select
        {{ cell_key(['source_id', 'rubric_id', 'rubric_version', "cast(" ~ dbt.date_trunc('month', 'reviewed_date') ~ " as date)"]) }} as peers_key,
        *,
        cast({{ dbt.date_trunc('month', 'reviewed_date') }} as date) as reviewed_month_date,
        cast(raw_score as decimal(38, 15)) as exact_score
    from {{ ref('fct_quality_reviews') }}
    where raw_score is not null and not is_excluded
),

-- in calibration: against the mean of the others who graded the same subject
latest as (
    select
        {{ cell_key(['source_id', 'subject_type', 'subject_id', 'rubric_id', 'rubric_version']) }} as set_key,
        *,
        row_number() over (
            partition by source_id, subject_type, subject_id, rubric_id, rubric_version, reviewer_id
            order by reviewed_at desc, review_id desc
        ) as place_from_last
    from reviews
    where purpose = 'calibration'
),

sets as (
    select set_key, count(*) as rater_count, cast(sum(exact_score) as double) as score_sum
    from latest
    where place_from_last = 1
    group by 1
    having count(*) > 1
),

biases as (
    select
        latest.*,
        latest.raw_score - (sets.score_sum - latest.raw_score) / (sets.rater_count - 1) as bias
    from latest
    inner join sets on latest.set_key = sets.set_key
    where latest.place_from_last = 1
),

calibrated as (
    select
        {{ dimensions | join(',\n        ') }},
        count(*) as set_count,
        count(case when is_minor then 1 end) as minor_count,
        cast(sum(cast(bias as decimal(38, 15))) as double) as bias_sum,
        cast(sum(cast(bias * bias as decimal(38, 15))) as double) as bias_square_sum
    from biases
    group by
        {{ dimensions | join(',\n        ') }}
),

-- in random reviews: against the other graders of the month, by the same rubric version
drawn as (
    select
        peers_key,
        {{ dimensions | join(',\n        ') }},
        count(*) as review_count,
        count(case when is_minor then 1 end) as minor_count,
        cast(sum(exact_score) as double) as score_sum,
        cast(sum(cast(raw_score * raw_score as decimal(38, 15))) as double) as score_square_sum
    from reviews
    where purpose = 'random'
    group by
        peers_key,
        {{ dimensions | join(',\n        ') }}
),

peers as (
    select
        peers_key,
        sum(review_count) as review_count,
        cast(sum(cast(score_sum as decimal(38, 15))) as double) as score_sum,
        cast(sum(cast(score_square_sum as decimal(38, 15))) as double) as score_square_sum
    from drawn
    group by 1
),

compared as (
    select
        drawn.*,
        peers.review_count - drawn.review_count as peer_count,
        drawn.score_sum / drawn.review_count as mean_score,
        (peers.score_sum - drawn.score_sum) / nullif(peers.review_count - drawn.review_count, 0) as peer_mean,
        {{ sample_variance('drawn.review_count', 'drawn.score_sum', 'drawn.score_square_sum') }} as variance,
        {{ sample_variance(
            '(peers.review_count - drawn.review_count)',
            '(peers.score_sum - drawn.score_sum)',
            '(peers.score_square_sum - drawn.score_square_sum)'
        ) }} as peer_variance
    from drawn
    inner join peers on drawn.peers_key = peers.peers_key
),

grid as (
    select {{ dimensions | join(', ') }} from calibrated
    union
    select {{ dimensions | join(', ') }} from drawn
),

joined as (
    select
        {%- for column in dimensions %}
        grid.{{ column }},
        {%- endfor %}
        coalesce(calibrated.set_count, 0) as set_count,
        calibrated.bias_sum / calibrated.set_count as bias,
        sqrt({{ sample_variance('calibrated.set_count', 'calibrated.bias_sum', 'calibrated.bias_square_sum') }} / calibrated.set_count) as bias_error,
        coalesce(compared.review_count, 0) as review_count,
        coalesce(compared.peer_count, 0) as peer_count,
        compared.mean_score,
        compared.peer_mean,
        compared.mean_score - compared.peer_mean as difference,
        sqrt(compared.variance / compared.review_count + compared.peer_variance / compared.peer_count) as difference_error,
        coalesce(calibrated.minor_count, 0) + coalesce(compared.minor_count, 0) as minor_count
    from grid
    left join calibrated
        on {% for column in dimensions %}grid.{{ column }} = calibrated.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
    left join compared
        on {% for column in dimensions %}grid.{{ column }} = compared.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
)

select
    {{ cell_key(dimensions) }} as grader_drift_key,
    {{ dimensions | join(',\n    ') }},
    set_count,
    bias as calibration_bias,
    bias - {{ z }} * bias_error as calibration_bias_lower,
    bias + {{ z }} * bias_error as calibration_bias_upper,
    bias - lag(bias) over (
        partition by source_id, reviewer_id, rubric_id, rubric_version order by reviewed_month_date
    ) as calibration_bias_change,
    review_count,
    cast(peer_count as bigint) as peer_review_count,
    mean_score,
    peer_mean as peer_mean_score,
    difference as peer_difference,
    difference - {{ z }} * difference_error as peer_difference_lower,
    difference + {{ z }} * difference_error as peer_difference_upper,
    coalesce(set_count >= {{ var('agreement_minimum_sets') }} and bias + {{ z }} * bias_error < 0, false) as is_strict,
    coalesce(set_count >= {{ var('agreement_minimum_sets') }} and bias - {{ z }} * bias_error > 0, false) as is_lenient,
    minor_count
from joined
