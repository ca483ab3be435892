{%- set parts = ['market', 'language', 'channel'] %}
with insights as (
    select * from {{ ref('int_insights') }}
),

contact_weeks as (
    select * from {{ ref('int_insight_evidence_weeks') }}
),

baselines as (
    select * from {{ ref('int_driver_baselines') }} where is_complete_week
),

rate_weeks as (
    select * from {{ ref('int_insight_rate_weeks') }}
),

weeks as (
    select * from {{ ref('int_driver_weeks') }}
),

-- contacts week by week, where the insight is
weekly as (
    select
        contact_weeks.insight_key,
        'week' as evidence_type,
        cast(null as {{ dbt.type_string() }}) as item,
        contact_weeks.week_start_date,
        sum(contact_weeks.contact_count) as case_count,
        cast(null as bigint) as event_count,
        cast(null as bigint) as past_case_count,
        cast(null as bigint) as past_event_count,
        max(baselines.expected_count) as expected_count,
        cast(null as {{ dbt.type_float() }}) as share_shift,
        cast(null as {{ dbt.type_float() }}) as rate_effect,
        sum(contact_weeks.minor_count) as minor_count,
        cast(0 as bigint) as minor_event_count
    from contact_weeks
    inner join insights on contact_weeks.insight_key = insights.insight_key
    left join baselines
        on insights.source_id = baselines.source_id
        and insights.scope_level = baselines.driver_level
        and insights.line_of_business is not distinct from baselines.line_of_business
        and insights.contact_reason is not distinct from baselines.contact_reason
        and (insights.scope_level <> 'reason_market' or insights.market is not distinct from baselines.market)
        and (insights.scope_level <> 'reason_language' or insights.language is not distinct from baselines.language)
        and (insights.scope_level <> 'reason_channel' or insights.channel is not distinct from baselines.channel)
        and contact_weeks.week_no = baselines.week_no
    where contact_weeks.is_in_scope
    group by 1, 2, 3, 4
),

-- where and how the driver's contacts of the window came
{%- for part in parts %}
by_{{ part }} as (
    select
        contact_weeks.insight_key,
        '{{ part }}' as evidence_type,
        contact_weeks.{{ part }} as item,
        cast(null as date) as week_start_date,
        sum(contact_weeks.contact_count) as case_count,
        cast(null as bigint) as event_count,
        cast(null as bigint) as past_case_count,
        cast(null as bigint) as past_event_count,
        cast(null as {{ dbt.type_float() }}) as expected_count,
        cast(null as {{ dbt.type_float() }}) as share_shift,
        cast(null as {{ dbt.type_float() }}) as rate_effect,
        sum(contact_weeks.minor_count) as minor_count,
        cast(0 as bigint) as minor_event_count
    from contact_weeks
    where contact_weeks.is_in_window
    group by 1, 2, 3
),

{{ part }}_expected as (
    select
        insights.insight_key,
        baselines.{{ part }} as item,
        sum(baselines.expected_count) as expected_count
    from insights
    inner join baselines
        on insights.source_id = baselines.source_id
        and baselines.driver_level = 'reason_{{ part }}'
        and insights.line_of_business is not distinct from baselines.line_of_business
        and insights.contact_reason is not distinct from baselines.contact_reason
        and baselines.week_no > insights.first_week_no - insights.window_weeks
        and baselines.week_no <= insights.first_week_no
    group by 1, 2
),

{{ part }}_rows as (
    select
        by_{{ part }}.insight_key,
        by_{{ part }}.evidence_type,
        by_{{ part }}.item,
        by_{{ part }}.week_start_date,
        by_{{ part }}.case_count,
        by_{{ part }}.event_count,
        by_{{ part }}.past_case_count,
        by_{{ part }}.past_event_count,
        {{ part }}_expected.expected_count,
        by_{{ part }}.share_shift,
        by_{{ part }}.rate_effect,
        by_{{ part }}.minor_count,
        by_{{ part }}.minor_event_count
    from by_{{ part }}
    left join {{ part }}_expected
        on by_{{ part }}.insight_key = {{ part }}_expected.insight_key
        and by_{{ part }}.item is not distinct from {{ part }}_expected.item
),
{%- endfor %}

-- answers and appeals week by week
rate_weekly as (
    select
        insights.insight_key,
        'rate_week' as evidence_type,
        cast(null as {{ dbt.type_string() }}) as item,
        weeks.week_start_date,
        sum(rate_weeks.trial_count) as case_count,
        sum(rate_weeks.event_count) as event_count,
        cast(null as bigint) as past_case_count,
        cast(null as bigint) as past_event_count,
        cast(null as {{ dbt.type_float() }}) as expected_count,
        cast(null as {{ dbt.type_float() }}) as share_shift,
        cast(null as {{ dbt.type_float() }}) as rate_effect,
        sum(rate_weeks.minor_count) as minor_count,
        sum(rate_weeks.minor_event_count) as minor_event_count
    from insights
    inner join rate_weeks
        on insights.measure = rate_weeks.measure
        and insights.source_id = rate_weeks.source_id
        and insights.line_of_business is not distinct from rate_weeks.line_of_business
        and insights.contact_reason is not distinct from rate_weeks.contact_reason
        and rate_weeks.week_no >= insights.first_week_no - 8
        and rate_weeks.week_no <= insights.last_week_no
    inner join weeks
        on insights.source_id = weeks.source_id and rate_weeks.week_no = weeks.week_no
    group by 1, 2, 3, 4
    having sum(rate_weeks.trial_count) > 0
),

-- of the line of business: which reasons moved its rate, by their share or by their own rate
decomposed as (
    select
        insight_key,
        'reason' as evidence_type,
        contact_reason as item,
        cast(null as date) as week_start_date,
        cast(now_trials as bigint) as case_count,
        cast(now_events as bigint) as event_count,
        cast(past_trials as bigint) as past_case_count,
        cast(past_events as bigint) as past_event_count,
        cast(null as {{ dbt.type_float() }}) as expected_count,
        share_shift,
        rate_effect,
        minor_count,
        cast(null as bigint) as minor_event_count
    from {{ ref('int_insight_decomposition') }}
),

evidence as (
    select * from weekly
    {%- for part in parts %}
    union all
    select * from {{ part }}_rows
    {%- endfor %}
    union all
    select * from rate_weekly
    union all
    select * from decomposed
)

select
    {{ cell_key(['evidence.insight_key', 'evidence.evidence_type', 'evidence.item', 'evidence.week_start_date']) }} as insight_evidence_key,
    evidence.insight_key,
    insights.source_id,
    evidence.evidence_type,
    evidence.item,
    evidence.week_start_date,
    -- few minors are left out of the numbers rather than the numbers blanked (macros/minors.sql); where events cannot
    -- be told apart, minor_count says how many they are and the publication blanks the row
    cast(evidence.case_count - case
        when evidence.minor_event_count is null then 0 else evidence.minor_count - {{ counted_minors('evidence.minor_count') }}
    end as bigint) as case_count,
    cast(evidence.event_count - case
        when evidence.minor_event_count is null or evidence.minor_count >= {{ var('minors_minimum_cell') }} then 0
        else evidence.minor_event_count
    end as bigint) as event_count,
    cast(evidence.past_case_count as bigint) as past_case_count,
    cast(evidence.past_event_count as bigint) as past_event_count,
    evidence.expected_count as expected_contacts,
    evidence.share_shift,
    evidence.rate_effect,
    cast(case
        when evidence.minor_event_count is null then coalesce(evidence.minor_count, 0)
        else {{ counted_minors('evidence.minor_count') }}
    end as bigint) as minor_count
from evidence
inner join insights on evidence.insight_key = insights.insight_key
