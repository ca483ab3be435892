-- Insights known at as_of: as they were raised, how long they lasted, how much they matter, and whose they are.
with records as (
    select * from {{ ref('int_insight_records') }} where detected_us <= {{ as_of_us() }}
),

detections as (
    select * from {{ ref('int_insight_detections') }}
),

-- the latest insight of the pattern that had begun by the week
claimed as (
    select
        records.insight_key,
        detections.week_no,
        detections.observed,
        detections.expected,
        row_number() over (
            partition by detections.pattern_key, detections.week_no order by records.first_week_no desc
        ) as place
    from detections
    inner join records
        on detections.pattern_key = records.pattern_key
        and detections.week_no >= records.first_week_no - {{ var('insight_episode_gap_weeks') }}
),

spans as (
    select
        insight_key,
        max(week_no) as last_week_no,
        count(*) as week_count
    from claimed
    where place = 1
    group by 1
),

windows as (
    select
        records.*,
        coalesce(spans.last_week_no, records.first_week_no) as last_week_no,
        coalesce(spans.week_count, 0) as week_count
    from records
    left join spans on records.insight_key = spans.insight_key
),

levels as (
    select
        driver_level,
        source_id,
        line_of_business,
        contact_reason,
        market,
        language,
        channel,
        week_no,
        contact_count
    from {{ ref('int_driver_levels') }}
    where driver_level in ('reason', 'reason_market', 'reason_language', 'reason_channel')
),

-- contacts of the window: of the driver where it was found, and of the whole source
reached as (
    select
        windows.insight_key,
        sum(case
            when levels.driver_level = windows.scope_level
                and levels.line_of_business is not distinct from windows.line_of_business
                and levels.contact_reason is not distinct from windows.contact_reason
                and (windows.scope_level <> 'reason_market' or levels.market is not distinct from windows.market)
                and (windows.scope_level <> 'reason_language' or levels.language is not distinct from windows.language)
                and (windows.scope_level <> 'reason_channel' or levels.channel is not distinct from windows.channel)
                then levels.contact_count
        end) as contact_count,
        sum(case when levels.driver_level = 'reason' then levels.contact_count end) as source_contact_count
    from windows
    inner join levels
        on windows.source_id = levels.source_id
        and levels.week_no > windows.first_week_no - windows.window_weeks
        and levels.week_no <= windows.first_week_no
    group by 1
),

contacts_of_minors as (
    select
        windows.insight_key,
        sum(drivers.minor_contact_count) as minor_contact_count
    from windows
    inner join {{ ref('int_driver_counts') }} as drivers
        on windows.source_id = drivers.source_id
        and windows.line_of_business is not distinct from drivers.line_of_business
        and windows.contact_reason is not distinct from drivers.contact_reason
        and (windows.scope_level <> 'reason_market' or drivers.market is not distinct from windows.market)
        and (windows.scope_level <> 'reason_language' or drivers.language is not distinct from windows.language)
        and (windows.scope_level <> 'reason_channel' or drivers.channel is not distinct from windows.channel)
        and {{ week_number('drivers.week_start_date') }} > windows.first_week_no - windows.window_weeks
        and {{ week_number('drivers.week_start_date') }} <= windows.first_week_no
    -- a theme is of no driver
    where windows.measure <> 'theme'
    group by 1
),

-- answers and decided appeals of minors in the window
cases_of_minors as (
    select
        windows.insight_key,
        sum(rate_weeks.minor_count) as minor_case_count,
        sum(rate_weeks.minor_event_count) as minor_event_count
    from windows
    inner join {{ ref('int_insight_rate_weeks') }} as rate_weeks
        on windows.measure = rate_weeks.measure
        and windows.source_id = rate_weeks.source_id
        and windows.line_of_business is not distinct from rate_weeks.line_of_business
        and windows.contact_reason is not distinct from rate_weeks.contact_reason
        and rate_weeks.week_no > windows.first_week_no - windows.window_weeks
        and rate_weeks.week_no <= windows.first_week_no
    group by 1
),

-- few minors (fewer than minors_minimum_cell) are left out of every number that is shown: what is left out of the size
-- only could be worked out from the effect
few_minors as (
    select
        windows.insight_key,
        coalesce(contacts_of_minors.minor_contact_count, 0) as minor_contact_count,
        case
            when contacts_of_minors.minor_contact_count < {{ var('minors_minimum_cell') }}
                then contacts_of_minors.minor_contact_count
            else 0
        end as few_contact_count,
        case
            when cases_of_minors.minor_case_count < {{ var('minors_minimum_cell') }} then cases_of_minors.minor_case_count
            else 0
        end as few_case_count,
        case
            when cases_of_minors.minor_case_count < {{ var('minors_minimum_cell') }} then cases_of_minors.minor_event_count
            else 0
        end as few_event_count
    from windows
    left join contacts_of_minors on windows.insight_key = contacts_of_minors.insight_key
    left join cases_of_minors on windows.insight_key = cases_of_minors.insight_key
),

-- the record may hold fewer cases than today's data count minors: late data
shown as (
    select
        windows.insight_key,
        few_minors.minor_contact_count,
        few_minors.few_contact_count,
        case
            when windows.measure in ('csat', 'overturn') then greatest(windows.observed - few_minors.few_event_count, 0e0)
            else greatest(windows.observed - few_minors.few_contact_count, 1e0)
        end as shown_observed,
        case
            when windows.trials is not null
                then greatest(windows.trials - few_minors.few_case_count, windows.observed - few_minors.few_event_count, 1e0)
        end as shown_trials
    from windows
    inner join few_minors on windows.insight_key = few_minors.insight_key
),

rules as (
    select
        windows.insight_key,
        owner_rules.*,
        row_number() over (partition by windows.insight_key order by owner_rules.position) as place
    from windows
    inner join {{ ref('insight_owner_rules') }} as owner_rules
        on (owner_rules.kind is null or owner_rules.kind = {{ insight_kind('windows.measure') }})
        and (owner_rules.line_of_business is null or owner_rules.line_of_business = windows.line_of_business)
        and (owner_rules.contact_reason is null or owner_rules.contact_reason = windows.contact_reason)
),

lines as (
    select * from {{ ref('dim_line_of_business') }}
),

effects as (
    select
        windows.*,
        {{ insight_kind('windows.measure') }} as kind,
        reached.contact_count,
        reached.source_contact_count,
        shown.minor_contact_count,
        shown.few_contact_count,
        shown.shown_observed,
        shown.shown_trials,
        case
            when windows.measure in ('csat', 'overturn') then shown.shown_observed / shown.shown_trials - windows.expected_rate
            else shown.shown_observed / windows.expected - 1
        end as effect,
        case
            when windows.measure in ('csat', 'overturn') then sqrt(windows.dispersion * (
                shown.shown_observed * (shown.shown_trials - shown.shown_observed)
                / (shown.shown_trials * shown.shown_trials * shown.shown_trials)
                + windows.expected_rate * (1 - windows.expected_rate) / windows.baseline_size
            ))
            else sqrt(1 / shown.shown_observed + greatest(windows.dispersion - 1, 0e0) / windows.expected)
        end as effect_error,
        coalesce(rules.owner_team, lines.owner_team, '{{ var("insight_default_owner_team") }}') as owner_team,
        coalesce(rules.harm_weight, 1) as harm_weight,
        rules.due_days_high,
        rules.due_days_medium,
        rules.due_days_low
    from windows
    left join reached on windows.insight_key = reached.insight_key
    inner join shown on windows.insight_key = shown.insight_key
    left join rules on windows.insight_key = rules.insight_key and rules.place = 1
    left join lines
        on windows.source_id = lines.source_id and windows.line_of_business = lines.line_of_business
),

scored as (
    select
        *,
        case when measure = 'theme' then observed / nullif(all_cases, 0)
            else 1e0 * (contact_count - few_contact_count) / nullif(source_contact_count, 0)
        end as reach_rate,
        case when measure in ('csat', 'overturn') then effect else (shown_observed - expected) / shown_observed end * harm_weight as harm,
        1e0 - q_value as certainty_rate
    from effects
),

ranked as (
    select
        *,
        case when measure in ('csat', 'overturn') then effect - {{ normal_quantile() }} * effect_error
            else (1 + effect) * exp(-{{ normal_quantile() }} * effect_error) - 1
        end as effect_lower,
        case when measure in ('csat', 'overturn') then effect + {{ normal_quantile() }} * effect_error
            else (1 + effect) * exp({{ normal_quantile() }} * effect_error) - 1
        end as effect_upper,
        coalesce(reach_rate * harm * certainty_rate, 0e0) as priority_score
    from scored
)

select
    *,
    case
        {%- for level in ['reason', 'reason_market', 'reason_language', 'reason_channel'] %}
        when scope_level = '{{ level }}' then {{ level_key(level) }}
        {%- endfor %}
        else theme_key
    end as driver_key,
    case
        when priority_score >= {{ var('insight_priority_high') }} then 'high'
        when priority_score >= {{ var('insight_priority_medium') }} then 'medium'
        else 'low'
    end as priority
from ranked
