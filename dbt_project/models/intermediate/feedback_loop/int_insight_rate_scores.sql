-- How far each driver's rate of unsatisfied answers, or of overturned decisions, lies above what its past, its mix and
-- all other drivers let expect, over windows of 1, 2 and 4 weeks. Two passes, as for contacts.
with weeks as (
    select
        *,
        false as is_left_out
    from {{ ref('int_insight_rate_weeks') }}
),

drivers as (
    select
        driver_scope_key,
        min(measure) as measure,
        min(source_id) as source_id,
        min(line_of_business) as line_of_business,
        min(contact_reason) as contact_reason
    from weeks
    group by 1
),

{{ rate_score_ctes('first_pass', 'weeks', 1) }},

scatter_weeks as (
    select
        group_key,
        week_no,
        sum(case when abs(score) <= {{ insight_extreme_root() }} then score * score end) as squares,
        sum(case when abs(score) <= {{ insight_extreme_root() }} then 1 end) as scores
    from first_pass_scores
    group by 1, 2
),

scatter as (
    select
        group_key,
        week_no,
        case
            when sum(scores) over past >= {{ var('insight_least_scores_for_scatter') }}
                then greatest(1e0, sum(squares) over past / sum(scores) over past)
            else 1e0
        end as dispersion
    from (select distinct group_key, week_no from weeks) as all_weeks
    left join scatter_weeks using (group_key, week_no)
    window past as (
        partition by group_key order by week_no rows between {{ insight_baseline_weeks() }} preceding and 1 preceding
    )
),

marked_weeks as (
    select
        weeks.driver_scope_key,
        weeks.group_key,
        weeks.stratum,
        weeks.week_no,
        weeks.trial_count,
        weeks.event_count,
        coalesce(first_pass_scores.score > {{ insight_extreme_root() }}, false) as is_left_out
    from weeks
    left join first_pass_scores
        on weeks.driver_scope_key = first_pass_scores.driver_scope_key
        and weeks.week_no = first_pass_scores.week_no
),

{% for window_weeks in [1, 2, 4] %}
{{ rate_score_ctes('window_' ~ window_weeks, 'marked_weeks', window_weeks) }},
{% endfor %}

windows as (
    {% for window_weeks in [1, 2, 4] %}
    select
        *,
        {{ window_weeks }} as window_weeks
    from window_{{ window_weeks }}_scores
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    drivers.driver_scope_key,
    drivers.measure,
    drivers.source_id,
    drivers.line_of_business,
    drivers.contact_reason,
    windows.week_no,
    windows.window_weeks,
    cast(windows.trials as bigint) as trial_count,
    cast(windows.events as bigint) as event_count,
    cast(windows.past_trials as bigint) as baseline_trial_count,
    windows.past_rate as baseline_rate,
    windows.expected_rate,
    windows.mix_events / windows.trials as mix_change,
    windows.common_change,
    scatter.dispersion,
    windows.score / sqrt(scatter.dispersion) as score
from windows
inner join drivers on windows.driver_scope_key = drivers.driver_scope_key
inner join scatter on windows.group_key = scatter.group_key and windows.week_no = scatter.week_no
