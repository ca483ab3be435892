-- Insights week by week, as they stood at the end of each: their state and due date as they were known then. What
-- detection and verdicts find at the end of a week bears its end as the time, and counts in the week that ends.
with weeks as (
    select
        week_start_date,
        from_us,
        least(to_us, {{ as_of_us() }}) as until_us
    from {{ ref('int_site_weeks') }}
),

week_ends as (
    select
        weeks.*,
        -- the day that begins when the week ends, or that of as_of: what was due before it and is open is overdue
        next_days.site_date as next_date
    from weeks
    {{ join_site_day('next_days', 'weeks.until_us') }}
),

insights as (
    select * from {{ ref('int_insights') }}
),

transitions as (
    select * from {{ ref('int_insight_transitions') }}
),

detected as (
    select
        insights.insight_key,
        insights.source_id,
        insights.line_of_business,
        insights.detected_us,
        {{ insight_rule_due_date('insights', 'detected_days.site_date') }} as rule_due_date
    from insights
    {{ join_site_day('detected_days', 'insights.detected_us') }}
),

last_steps as (
    select
        detected.insight_key,
        week_ends.week_start_date,
        max(transitions.step_no) as step_no,
        max(case when transitions.due_on is not null then transitions.step_no end) as due_step_no
    from detected
    inner join week_ends on detected.detected_us <= week_ends.until_us
    inner join transitions
        on detected.insight_key = transitions.insight_key and transitions.occurred_us <= week_ends.until_us
    group by
        detected.insight_key,
        week_ends.week_start_date
),

standing as (
    select
        detected.source_id,
        detected.line_of_business,
        week_ends.week_start_date,
        detected.insight_key,
        week_ends.from_us < detected.detected_us as is_raised,
        steps.to_state in {{ insight_open_states() }} as is_open,
        coalesce(due_steps.due_on, detected.rule_due_date) < week_ends.next_date as is_past_due
    from last_steps
    inner join detected on last_steps.insight_key = detected.insight_key
    inner join week_ends on last_steps.week_start_date = week_ends.week_start_date
    inner join transitions as steps
        on last_steps.insight_key = steps.insight_key and last_steps.step_no = steps.step_no
    left join transitions as due_steps
        on last_steps.insight_key = due_steps.insight_key and last_steps.due_step_no = due_steps.step_no
)

select
    source_id,
    line_of_business,
    week_start_date,
    insight_key,
    is_raised,
    is_open,
    is_open and coalesce(is_past_due, false) as is_overdue
from standing
where is_raised or is_open
