{%- set parts = ['market', 'language', 'channel'] %}
with insights as (
    select * from {{ ref('int_insights') }}
),

contact_weeks as (
    select * from {{ ref('int_insight_evidence_weeks') }}
),

-- what was to be expected of the driver and of its parts in these weeks
baselines as (
    select
        insights.insight_key,
        baselines.driver_level,
        baselines.series_key = insights.driver_key as is_scope,
        {%- for part in parts %}
        baselines.{{ part }},
        {%- endfor %}
        baselines.week_no,
        baselines.week_no > insights.first_week_no - insights.window_weeks
        and baselines.week_no <= insights.first_week_no as is_in_window,
        baselines.expected_count
    from insights
    inner join {{ ref('int_driver_baselines') }} as baselines
        on insights.source_id = baselines.source_id
        and insights.line_of_business is not distinct from baselines.line_of_business
        and insights.contact_reason is not distinct from baselines.contact_reason
        and baselines.week_no >= insights.first_week_no - 8
        and baselines.week_no <= insights.last_week_no
    where baselines.is_complete_week and baselines.driver_level not in ('driver', 'line_of_business')
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
    left join baselines
        on contact_weeks.insight_key = baselines.insight_key
        and contact_weeks.week_no = baselines.week_no
        and baselines.is_scope
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
        insight_key,
        {{ part }} as item,
        sum(expected_count) as expected_count
    from baselines
    where driver_level = 'reason_{{ part }}' and is_in_window
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
        -- few minors in either number have the publication blank the row
        case
            when minor_count between 1 and {{ var('minors_minimum_cell') }} - 1 then minor_count
            when past_minor_count between 1 and {{ var('minors_minimum_cell') }} - 1 then past_minor_count
            else minor_count
        end as minor_count,
        cast(null as bigint) as minor_event_count
    from {{ ref('int_insight_decomposition') }}
),

-- texts of the theme week by week, and what people wrote
theme_weekly as (
    select
        insights.insight_key,
        'week' as evidence_type,
        cast(null as {{ dbt.type_string() }}) as item,
        themes.week_start_date,
        cast(sum(themes.text_count) as bigint) as case_count,
        cast(null as bigint) as event_count,
        cast(null as bigint) as past_case_count,
        cast(null as bigint) as past_event_count,
        sum(themes.expected_count) as expected_count,
        cast(null as {{ dbt.type_float() }}) as share_shift,
        cast(null as {{ dbt.type_float() }}) as rate_effect,
        cast(0 as bigint) as minor_count,
        cast(0 as bigint) as minor_event_count
    from insights
    inner join {{ ref('fct_themes_weekly') }} as themes
        on insights.source_id = themes.source_id
        and insights.theme_key = themes.theme_key
        and {{ week_number('themes.week_start_date') }} >= insights.first_week_no - 8
        and {{ week_number('themes.week_start_date') }} <= insights.last_week_no
    group by 1, 2, 3, 4
),

quotes as (
    {%- for quote in ['first_quote', 'second_quote', 'third_quote'] %}
    select
        insights.insight_key,
        'theme' as evidence_type,
        themes.{{ quote }} as item,
        cast(null as date) as week_start_date,
        cast(null as bigint) as case_count,
        cast(null as bigint) as event_count,
        cast(null as bigint) as past_case_count,
        cast(null as bigint) as past_event_count,
        cast(null as {{ dbt.type_float() }}) as expected_count,
        cast(null as {{ dbt.type_float() }}) as share_shift,
        cast(null as {{ dbt.type_float() }}) as rate_effect,
        cast(0 as bigint) as minor_count,
        cast(0 as bigint) as minor_event_count
    from insights
    inner join {{ ref('dim_theme') }} as themes on insights.theme_key = themes.theme_key
    where themes.{{ quote }} is not null
    {{ 'union' if not loop.last }}
    {%- endfor %}
),

evidence as (
    select * from weekly
    union all
    select * from theme_weekly
    union all
    select * from quotes
    {%- for part in parts %}
    union all
    select * from {{ part }}_rows
    {%- endfor %}
    union all
    select * from rate_weekly
    union all
    select * from decomposed
),

situated as (
    select
        evidence.*,
        insights.source_id,
        evidence.minor_count < {{ var('minors_minimum_cell') }} as has_few_minors,
        -- rows of one type that add up to the window
        evidence.week_start_date is null
        or (
            {{ week_number('evidence.week_start_date') }} > insights.first_week_no - insights.window_weeks
            and {{ week_number('evidence.week_start_date') }} <= insights.first_week_no
        ) as is_of_window
    from evidence
    inner join insights on evidence.insight_key = insights.insight_key
),

compared as (
    select
        *,
        sum(case when has_few_minors then minor_count else 0 end) over (
            partition by insight_key, evidence_type, is_of_window
        ) as few_minor_count,
        row_number() over (
            partition by insight_key, evidence_type, is_of_window
            order by case when has_few_minors then 1 else 0 end, minor_count, item, week_start_date
        ) as place
    from situated
),

-- few minors are left out of the numbers rather than the numbers blanked (macros/minors.sql). The size of the insight
-- may hold those that its rows leave out: if they are few in all rows together, the row with the fewest of the others
-- leaves its own out as well, so that the difference does not show them
left_out as (
    select
        *,
        case
            when has_few_minors then minor_count
            when is_of_window and place = 1 and few_minor_count between 1 and {{ var('minors_minimum_cell') }} - 1 then minor_count
            else 0
        end as left_out_count
    from compared
)

select
    {{ cell_key(['insight_key', 'evidence_type', 'item', 'week_start_date']) }} as insight_evidence_key,
    insight_key,
    source_id,
    evidence_type,
    item,
    week_start_date,
    -- where events cannot be told apart, minor_count says how many minors there are and the publication blanks the row
    cast(case_count - case when minor_event_count is null then 0 else left_out_count end as bigint) as case_count,
    cast(event_count - case when left_out_count > 0 then coalesce(minor_event_count, 0) else 0 end as bigint) as event_count,
    cast(past_case_count as bigint) as past_case_count,
    cast(past_event_count as bigint) as past_event_count,
    expected_count as expected_contacts,
    share_shift,
    rate_effect,
    cast(minor_count - case when minor_event_count is null then 0 else left_out_count end as bigint) as minor_count
from left_out
