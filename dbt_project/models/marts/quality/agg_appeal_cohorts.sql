{%- set grain = [
    'source_id', 'decided_week_date', 'restriction', 'policy_category', 'automated_decision', 'decider_tier',
    'decider_vendor'] %}
with days as (
    select * from {{ ref('int_site_days') }}
),

decisions as (
    select
        decisions.decision_key,
        decisions.source_id,
        days.week_start_date as decided_week_date,
        {%- for column in grain[2:] %}
        decisions.{{ column }},
        {%- endfor %}
        coalesce(decisions.notified_at, decisions.decided_at) as known_at,
        decisions.is_appealed,
        decisions.is_overturned,
        decisions.is_minor
    from {{ ref('fct_decisions') }} as decisions
    {{ join_site_day('days', micros('decisions.decided_at')) }}
),

decisions_counted as (
    select
        {{ grain | join(', ') }},
        count(*) as decision_count,
        count(case when is_appealed then 1 end) as appealed_count,
        count(case when is_overturned then 1 end) as overturned_count,
        count(case when is_minor then 1 end) as minor_count,
        max(known_at) as last_known_at
    from decisions
    group by {{ grain | join(', ') }}
),

-- numbers instead of seven columns, for what is sorted below
cells as (
    select *, row_number() over (order by {{ grain | join(', ') }}) as cell_no from decisions_counted
),

-- each complaint once, with its primary decision
appeals as (
    select
        cells.cell_no,
        appeals.appeal_key,
        appeals.is_decided,
        appeals.is_reversed,
        appeals.is_partially_reversed,
        appeals.is_omitted,
        appeals.is_pending,
        appeals.seconds_to_decision,
        -- its ticket or another decision it covers tells of a minor, its own decision does not
        appeals.is_minor and not coalesce(decisions.is_minor, false) as is_other_minor
    from {{ ref('fct_appeals') }} as appeals
    inner join decisions on appeals.decision_key = decisions.decision_key
    inner join cells
        on decisions.source_id = cells.source_id
        and decisions.decided_week_date = cells.decided_week_date
        {%- for column in grain[2:] %}
        and decisions.{{ column }} is not distinct from cells.{{ column }}
        {%- endfor %}
    where appeals.body = 'internal'
),

appeals_counted as (
    select
        cell_no,
        {{ appeal_counts() }},
        count(case when is_other_minor then 1 end) as other_minor_count,
        {{ percentiles('case when is_decided then seconds_to_decision end', [0.5]) }} as naive_percentiles
    from appeals
    group by 1
),

durations as (
    select appeals.cell_no, durations.duration_us, durations.is_event
    from {{ ref('int_appeal_durations') }} as durations
    inner join appeals on durations.appeal_key = appeals.appeal_key
),

survival as (
    {{ kaplan_meier('durations', 'cell_no') }}
),

medians as (
    select cell_no, {{ survival_median_us() }} as median_us from survival
    group by 1
),

joined as (
    select
        cells.*,
        coalesce(appeals_counted.appeal_count, 0) as appeal_count,
        coalesce(appeals_counted.decided_count, 0) as decided_count,
        coalesce(appeals_counted.reversed_count, 0) as reversed_count,
        coalesce(appeals_counted.partially_reversed_count, 0) as partially_reversed_count,
        coalesce(appeals_counted.omitted_count, 0) as omitted_count,
        coalesce(appeals_counted.pending_count, 0) as pending_count,
        coalesce(appeals_counted.other_minor_count, 0) as other_minor_count,
        {{ percentile_of('appeals_counted.naive_percentiles', 0) }} as naive_median_seconds,
        medians.median_us,
        {{ micros(dbt.dateadd('month', var('appeal_admission_months'), 'cells.last_known_at')) }} < {{ as_of_us() }}
            as is_appeal_window_over
    from cells
    left join appeals_counted on cells.cell_no = appeals_counted.cell_no
    left join medians on cells.cell_no = medians.cell_no
)

select
    {{ cell_key(grain) }} as appeal_cohort_key,
    {{ grain | join(',\n    ') }},
    decision_count,
    appealed_count,
    overturned_count,
    appeal_count,
    decided_count,
    reversed_count,
    partially_reversed_count,
    omitted_count,
    pending_count,
    {{ rate('appealed_count', 'decision_count') }} as appeal_rate,
    {{ wilson_lower('appealed_count', 'decision_count') }} as appeal_lower_rate,
    {{ wilson_upper('appealed_count', 'decision_count') }} as appeal_upper_rate,
    is_appeal_window_over,
    {{ overturn_rates() }},
    naive_median_seconds,
    {{ seconds('median_us') }} as median_seconds,
    minor_count + other_minor_count as minor_count
from joined
