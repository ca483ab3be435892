{%- set dimensions = ['source_id', 'reviewed_month_date', 'reviewer_id', 'rubric_id', 'rubric_version'] %}
{%- set peers = ['source_id', 'rubric_id', 'rubric_version', 'reviewed_month_date'] %}
{%- set grid_peers = ['grid.source_id', 'grid.rubric_id', 'grid.rubric_version', 'grid.reviewed_month_date'] %}
{%- set z = normal_quantile() %}
-- Raw scores, so that an auto-fail does not drown what the grader thought of the rest.
with scored as (
    select
        *,
        cast({{ dbt.date_trunc('month', 'reviewed_date') }} as date) as reviewed_month_date,
        cast(raw_score as decimal(38, 15)) as exact_score
    from {{ ref('fct_quality_reviews') }}
    where raw_score is not null and not is_excluded
),

reviews as (
    select {{ cell_key(peers) }} as peers_key, * from scored
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

-- months without sets have no row here, so the row before is the last month that had some
changed as (
    select
        *,
        bias_sum / set_count as bias,
        bias_sum / set_count - lag(bias_sum / set_count) over (
            partition by source_id, reviewer_id, rubric_id, rubric_version order by reviewed_month_date
        ) as bias_change
    from calibrated
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

everybody as (
    select
        peers_key,
        sum(review_count) as review_count,
        cast(sum(cast(score_sum as decimal(38, 15))) as double) as score_sum,
        cast(sum(cast(score_square_sum as decimal(38, 15))) as double) as score_square_sum
    from drawn
    group by 1
),

grid as (
    select {{ dimensions | join(', ') }} from calibrated
    union
    select {{ dimensions | join(', ') }} from drawn
),

-- a grader without random reviews has peers all the same
counted as (
    select
        grid.*,
        coalesce(drawn.review_count, 0) as review_count,
        coalesce(drawn.minor_count, 0) as minor_count,
        drawn.score_sum,
        drawn.score_square_sum,
        coalesce(everybody.review_count, 0) - coalesce(drawn.review_count, 0) as peer_count,
        everybody.score_sum - coalesce(drawn.score_sum, 0e0) as peer_score_sum,
        everybody.score_square_sum - coalesce(drawn.score_square_sum, 0e0) as peer_score_square_sum
    from grid
    left join drawn
        on {% for column in dimensions %}grid.{{ column }} = drawn.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
    left join everybody on {{ cell_key(grid_peers) }} = everybody.peers_key
),

compared as (
    select
        *,
        score_sum / nullif(review_count, 0) as mean_score,
        peer_score_sum / nullif(peer_count, 0) as peer_mean,
        {{ sample_variance('review_count', 'score_sum', 'score_square_sum') }} as variance,
        {{ sample_variance('peer_count', 'peer_score_sum', 'peer_score_square_sum') }} as peer_variance
    from counted
),

joined as (
    select
        {%- for column in dimensions %}
        compared.{{ column }},
        {%- endfor %}
        coalesce(changed.set_count, 0) as set_count,
        changed.bias,
        changed.bias_change,
        sqrt({{ sample_variance('changed.set_count', 'changed.bias_sum', 'changed.bias_square_sum') }} / changed.set_count) as bias_error,
        compared.review_count,
        compared.peer_count,
        compared.mean_score,
        compared.peer_mean,
        compared.mean_score - compared.peer_mean as difference,
        sqrt(compared.variance / nullif(compared.review_count, 0) + compared.peer_variance / nullif(compared.peer_count, 0)) as difference_error,
        coalesce(changed.minor_count, 0) + compared.minor_count as minor_count
    from compared
    left join changed
        on {% for column in dimensions %}compared.{{ column }} = changed.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
)

select
    {{ cell_key(dimensions) }} as grader_drift_key,
    {{ dimensions | join(',\n    ') }},
    set_count,
    bias as calibration_bias,
    bias - {{ z }} * bias_error as calibration_bias_lower,
    bias + {{ z }} * bias_error as calibration_bias_upper,
    bias_change as calibration_bias_change,
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
