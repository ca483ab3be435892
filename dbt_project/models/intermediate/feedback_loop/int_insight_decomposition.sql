-- Why the rate of a line of business moved when an insight about a rate was raised: per reason of the line, what the
-- change of its share did (share shift) and what the change of its own rate did (rate effect). Summed over the
-- reasons, both give the change of the line's rate, so that a change of mix is not taken for a cause.
with insights as (
    select * from {{ ref('int_insights') }} where measure in ('csat', 'overturn')
),

rate_weeks as (
    select * from {{ ref('int_insight_rate_weeks') }}
),

reasons as (
    select
        insights.insight_key,
        rate_weeks.contact_reason,
        {%- for period, condition in [
            ('now', 'rate_weeks.week_no > insights.first_week_no - insights.window_weeks'),
            ('past', 'rate_weeks.week_no <= insights.first_week_no - insights.window_weeks'),
        ] %}
        1e0 * coalesce(sum(case when {{ condition }} then rate_weeks.trial_count end), 0) as {{ period }}_trials,
        1e0 * coalesce(sum(case when {{ condition }} then rate_weeks.event_count end), 0) as {{ period }}_events,
        {%- endfor %}
        coalesce(sum(
            case when rate_weeks.week_no > insights.first_week_no - insights.window_weeks then rate_weeks.minor_count end
        ), 0) as minor_count,
        coalesce(sum(
            case when rate_weeks.week_no <= insights.first_week_no - insights.window_weeks then rate_weeks.minor_count end
        ), 0) as past_minor_count
    from insights
    inner join rate_weeks
        on insights.measure = rate_weeks.measure
        and insights.source_id = rate_weeks.source_id
        and insights.line_of_business is not distinct from rate_weeks.line_of_business
        and rate_weeks.week_no > insights.first_week_no - insights.window_weeks - {{ insight_baseline_weeks() }}
        and rate_weeks.week_no <= insights.first_week_no
    group by 1, 2
),

totals as (
    select
        *,
        sum(now_trials) over (partition by insight_key) as line_now_trials,
        sum(now_events) over (partition by insight_key) as line_now_events,
        sum(past_trials) over (partition by insight_key) as line_past_trials,
        sum(past_events) over (partition by insight_key) as line_past_events
    from reasons
),

-- a reason without a past, or without a present, has the rate it has: all it does is a shift of shares
rates as (
    select
        *,
        now_trials / nullif(line_now_trials, 0) as now_share,
        past_trials / nullif(line_past_trials, 0) as past_share,
        coalesce(now_events / nullif(now_trials, 0), past_events / nullif(past_trials, 0)) as now_rate,
        coalesce(past_events / nullif(past_trials, 0), now_events / nullif(now_trials, 0)) as past_rate,
        line_now_events / nullif(line_now_trials, 0) as line_now_rate,
        line_past_events / nullif(line_past_trials, 0) as line_past_rate
    from totals
)

select
    insight_key,
    contact_reason,
    now_trials,
    now_events,
    past_trials,
    past_events,
    minor_count,
    past_minor_count,
    line_now_rate,
    line_past_rate,
    (now_share - past_share) * (past_rate - line_past_rate) as share_shift,
    now_share * (now_rate - past_rate) as rate_effect
from rates
where now_trials > 0 or past_trials > 0
