with insights as (
    select * from {{ ref('int_insights') }}
),

transitions as (
    select * from {{ ref('int_insight_transitions') }}
),

weeks as (
    select * from {{ ref('int_driver_weeks') }}
),

latest_weeks as (
    select source_id, max(case when is_complete_week then week_no end) as latest_week_no from weeks group by 1
),

states as (
    select insight_key, to_state, occurred_us, row_number() over (partition by insight_key order by step_no desc) as place
    from transitions
    -- steps that are not allowed or repeat the state change nothing
    where from_state is distinct from to_state
),

-- the last word on owner and due date, whether or not its step was allowed
owners as (
    select insight_key, owner_team, row_number() over (partition by insight_key order by step_no desc) as place
    from transitions
    where owner_team is not null
),

owner_people as (
    select insight_key, owner_id, row_number() over (partition by insight_key order by step_no desc) as place
    from transitions
    where owner_id is not null
),

due_dates as (
    select insight_key, due_on, row_number() over (partition by insight_key order by step_no desc) as place
    from transitions
    where due_on is not null
),

milestones as (
    select
        insight_key,
        min(case when origin = 'action' and status <> 'raised' then occurred_us end) as reviewed_us,
        min(case when to_state in ('in_progress', 'shipped') and from_state <> to_state then occurred_us end) as acted_us,
        max(case when to_state = 'shipped' and from_state <> to_state then occurred_us end) as shipped_us,
        max(case when to_state = 'verified' and from_state <> to_state then occurred_us end) as verified_us,
        count(case when issue is not null then 1 end) as odd_step_count
    from transitions
    group by 1
),

themes as (
    select * from {{ ref('dim_theme') }}
),

evidence as (
    select insight_key, count(*) as evidence_count from {{ ref('fct_insight_evidence') }} group by 1
),

detected_days as (
    select
        insights.insight_key,
        site_days.site_date as detected_date
    from insights
    {{ join_site_day('site_days', 'insights.detected_us') }}
),

joined as (
    select
        insights.*,
        first_weeks.week_start_date as window_from_date,
        cast({{ dbt.dateadd('day', 6, 'last_weeks.week_start_date') }} as date) as window_to_date,
        seen_weeks.week_start_date as last_seen_week_date,
        -- the next finding is of the week after the latest at the earliest
        insights.last_week_no > latest_weeks.latest_week_no - {{ var('insight_episode_gap_weeks') }} as is_ongoing,
        states.to_state as state,
        states.occurred_us as state_since_us,
        coalesce(owners.owner_team, insights.owner_team) as current_owner_team,
        owner_people.owner_id as current_owner_id,
        detected_days.detected_date,
        due_dates.due_on as moved_due_date,
        {{ insight_rule_due_date('insights', 'detected_days.detected_date') }} as rule_due_date,
        milestones.reviewed_us,
        milestones.acted_us,
        milestones.shipped_us,
        milestones.verified_us,
        milestones.odd_step_count,
        coalesce(evidence.evidence_count, 0) as evidence_count,
        themes.label as theme_label
    from insights
    inner join states on insights.insight_key = states.insight_key and states.place = 1
    inner join milestones on insights.insight_key = milestones.insight_key
    inner join detected_days on insights.insight_key = detected_days.insight_key
    inner join latest_weeks on insights.source_id = latest_weeks.source_id
    left join weeks as first_weeks
        on insights.source_id = first_weeks.source_id
        and insights.first_week_no - insights.window_weeks + 1 = first_weeks.week_no
    left join weeks as last_weeks
        on insights.source_id = last_weeks.source_id and insights.first_week_no = last_weeks.week_no
    left join weeks as seen_weeks
        on insights.source_id = seen_weeks.source_id and insights.last_week_no = seen_weeks.week_no
    left join owners on insights.insight_key = owners.insight_key and owners.place = 1
    left join owner_people on insights.insight_key = owner_people.insight_key and owner_people.place = 1
    left join due_dates on insights.insight_key = due_dates.insight_key and due_dates.place = 1
    left join evidence on insights.insight_key = evidence.insight_key
    left join themes on insights.theme_key = themes.theme_key
)

select
    insight_key,
    source_id,
    kind,
    measure,
    case
        when measure = 'theme' then concat_ws(' / ', 'theme', coalesce(theme_label, theme_key), language)
        else concat_ws(' / ', coalesce(line_of_business, '-'), coalesce(contact_reason, '-'), market, language, channel)
    end as driver,
    driver_key,
    scope_level as driver_level,
    line_of_business,
    contact_reason,
    market,
    language,
    channel,
    theme_key,
    {{ instant('detected_us') }} as detected_at,
    detected_date,
    window_from_date,
    window_to_date,
    cast(window_from_date as {{ dbt.type_string() }}) || '/' || cast(window_to_date as {{ dbt.type_string() }}) as {{ adapter.quote('window') }},
    last_seen_week_date,
    cast(week_count as bigint) as seen_week_count,
    is_ongoing,
    cast(case
        when measure in ('csat', 'overturn') then shown_trials
        else shown_observed
    end as bigint) as size,
    cast(coalesce(contact_count, 0) - few_contact_count as bigint) as contact_count,
    cast(minor_contact_count - few_contact_count as bigint) as minor_count,
    case when measure in ('csat', 'overturn') then expected_rate else expected end as expected_value,
    effect,
    effect_lower,
    effect_upper,
    score,
    q_value,
    cast(pattern_count as bigint) as pattern_count,
    evidence_count,
    reach_rate,
    harm,
    certainty_rate,
    priority_score,
    priority,
    current_owner_team as owner_team,
    current_owner_id as owner_id,
    state,
    {{ instant('state_since_us') }} as state_since_at,
    coalesce(moved_due_date, rule_due_date) as due_on,
    {{ instant('reviewed_us') }} as reviewed_at,
    {{ instant('acted_us') }} as acted_at,
    {{ instant('shipped_us') }} as shipped_at,
    {{ instant('verified_us') }} as verified_at,
    odd_step_count
from joined
