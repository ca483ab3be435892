-- What is looked at each week: each driver's contacts (windows of 1 and 2 weeks, whole and within one market, language
-- or channel), its rates of unsatisfied answers and overturned decisions (1, 2 and 4 weeks), and each theme of what
-- creators write. Of the windows of one scope the best is kept, its p multiplied by their number. No row rests on
-- anything later than its week.
with baselines as (
    select
        *,
        lag(week_no) over by_series as previous_week_no,
        lag(contact_count) over by_series as previous_count,
        lag(expected_count) over by_series as previous_expected,
        lag(dispersion) over by_series as previous_dispersion
    from {{ ref('int_driver_baselines') }}
    where is_complete_week and driver_level in ('reason', 'reason_market', 'reason_language', 'reason_channel')
    window by_series as (partition by driver_level, series_key order by week_no)
),

-- a scope is looked at by the sum of its past and present contacts: how they are split is what is tested
contact_scopes as (
    select *
    from baselines
    where expected_count is not null
        and contact_count + expected_count * history_week_count
            >= case
                when driver_level = 'reason' then {{ var('insight_least_contacts') }}
                else {{ var('insight_least_contacts_of_part') }}
            end
),

contact_windows as (
    select
        *,
        1 as window_weeks,
        1e0 * contact_count as observed,
        expected_count as expected,
        dispersion as window_dispersion
    from contact_scopes

    union all

    -- both weeks rest on much the same past, so that its chance errors add up
    select
        *,
        2 as window_weeks,
        1e0 * contact_count + previous_count as observed,
        expected_count + previous_expected as expected,
        (expected_count * dispersion + previous_expected * previous_dispersion) / (expected_count + previous_expected)
        + 1e0 / history_week_count as window_dispersion
    from contact_scopes
    where previous_week_no = week_no - 1 and previous_expected is not null
),

contact_tests as (
    select
        'contacts' as measure,
        series_key as scope_key,
        source_id,
        driver_level as scope_level,
        line_of_business,
        contact_reason,
        market,
        language,
        channel,
        cast(null as {{ dbt.type_string() }}) as theme_key,
        week_no,
        window_weeks,
        observed,
        expected,
        cast(null as {{ dbt.type_float() }}) as trials,
        cast(null as {{ dbt.type_float() }}) as expected_rate,
        cast(null as {{ dbt.type_float() }}) as mix_change,
        window_dispersion as dispersion,
        expected * history_week_count as baseline_size,
        cast(null as {{ dbt.type_float() }}) as all_cases,
        true as is_eligible,
        case when observed > 0 then {{ count_score('observed', 'expected', 'window_dispersion') }} end as score
    from contact_windows
),

rate_tests as (
    select
        measure,
        driver_scope_key as scope_key,
        source_id,
        'reason' as scope_level,
        line_of_business,
        contact_reason,
        cast(null as {{ dbt.type_string() }}) as market,
        cast(null as {{ dbt.type_string() }}) as language,
        cast(null as {{ dbt.type_string() }}) as channel,
        cast(null as {{ dbt.type_string() }}) as theme_key,
        week_no,
        window_weeks,
        1e0 * event_count as observed,
        trial_count * expected_rate as expected,
        1e0 * trial_count as trials,
        expected_rate,
        mix_change,
        dispersion,
        1e0 * baseline_trial_count as baseline_size,
        cast(null as {{ dbt.type_float() }}) as all_cases,
        true as is_eligible,
        score
    from {{ ref('int_insight_rate_scores') }}
),

-- all themes are looked at, and only a new one can be found: one that has been there is a matter of its driver
theme_tests as (
    select
        'theme' as measure,
        {{ cell_key(['source_id', 'text_kind', 'theme_key']) }} as scope_key,
        source_id,
        'theme' as scope_level,
        cast(null as {{ dbt.type_string() }}) as line_of_business,
        cast(null as {{ dbt.type_string() }}) as contact_reason,
        cast(null as {{ dbt.type_string() }}) as market,
        language,
        cast(null as {{ dbt.type_string() }}) as channel,
        theme_key,
        {{ week_number('week_start_date') }} as week_no,
        1 as window_weeks,
        1e0 * text_count as observed,
        expected_count as expected,
        cast(null as {{ dbt.type_float() }}) as trials,
        cast(null as {{ dbt.type_float() }}) as expected_rate,
        cast(null as {{ dbt.type_float() }}) as mix_change,
        1e0 as dispersion,
        cast(null as {{ dbt.type_float() }}) as baseline_size,
        1e0 * all_text_count as all_cases,
        is_new as is_eligible,
        spike_score as score
    from {{ ref('fct_themes_weekly') }}
    where is_complete_week and expected_count > 0 and spike_p_value is not null
),

tests as (
    select * from contact_tests
    union all
    select * from theme_tests
    union all
    select * from rate_tests
),

ranked as (
    select
        *,
        count(*) over (partition by measure, scope_key, week_no) as window_count,
        row_number() over (partition by measure, scope_key, week_no order by score desc, window_weeks) as place
    from (select * from tests where score is not null) as scored
)

select
    measure,
    scope_key,
    {{ cell_key(['measure', 'source_id', 'line_of_business', 'contact_reason', 'theme_key']) }} as pattern_key,
    source_id,
    scope_level,
    line_of_business,
    contact_reason,
    market,
    language,
    channel,
    theme_key,
    week_no,
    window_weeks,
    observed,
    expected,
    trials,
    expected_rate,
    mix_change,
    dispersion,
    baseline_size,
    all_cases,
    is_eligible,
    score,
    least(1e0, window_count * {{ normal_upper_tail('score') }}) as p_value
from ranked
where place = 1
