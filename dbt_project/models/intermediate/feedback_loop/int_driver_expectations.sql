-- How many contacts of a driver were to be expected in a week, by earlier weeks only: its share of the contacts it is
-- compared with, over a trailing window, times those contacts this week. Growth, holidays, campaigns and seasons
-- that move all contacts thereby cancel; what one driver does every year comes from the same weeks a year ago.
{%- set window_frame = 'range between ' ~ var('driver_baseline_weeks') ~ ' preceding and 1 preceding' %}
{%- set trailing = '(partition by driver_level, series_key order by week_no ' ~ window_frame ~ ')' %}
{%- set usable = 'is_complete_week and not is_first_week' %}
with levels as (
    select * from {{ ref('int_driver_levels') }}
),

indexed as (
    select
        *,
        count(case when {{ usable }} then 1 end) over {{ trailing }} as history_week_count,
        coalesce(sum(case when {{ usable }} then other_count end) over {{ trailing }}, 0) as trailing_other_count
    from levels
),

-- where there is too little to compare with, every week counts the same
compared as (
    select
        *,
        case when is_comparable then other_count else 1 end as index_count,
        case when is_comparable then trailing_other_count else history_week_count end as trailing_index_count
    from (
        select
            *,
            other_count > 0
            and trailing_other_count >= history_week_count * {{ var('driver_least_comparison') }} as is_comparable
        from indexed
    ) as judged
),

-- the single driver, in weeks with contacts only, compared as its reason is
single as (
    select
        'driver' as driver_level,
        counts.driver_key as series_key,
        counts.source_id,
        {%- for column in driver_dimensions() %}
        counts.{{ column }},
        {%- endfor %}
        reasons.week_start_date,
        reasons.week_no,
        reasons.is_complete_week,
        reasons.is_first_week,
        true as has_begun,
        counts.contact_count,
        reasons.history_week_count,
        reasons.is_comparable,
        reasons.index_count,
        reasons.trailing_index_count
    from {{ ref('int_driver_counts') }} as counts
    inner join compared as reasons
        on reasons.driver_level = 'reason'
        and counts.reason_key = reasons.series_key
        and counts.week_start_date = reasons.week_start_date
    where counts.contact_count > 0
),

observed as (
    select
        driver_level,
        series_key,
        source_id,
        {%- for column in driver_dimensions() %}
        {{ column }},
        {%- endfor %}
        week_start_date,
        week_no,
        is_complete_week,
        is_first_week,
        has_begun,
        contact_count,
        history_week_count,
        is_comparable,
        index_count,
        trailing_index_count
    from compared
    union all
    select * from single
),

-- first pass: plain shares, only to cut what stands out before it spoils the expectation of the weeks after
first_sums as (
    select
        *,
        sum(case when {{ usable }} then contact_count end) over {{ trailing }} as first_trailing_count
    from observed
),

first_pass as (
    select *, {{ driver_expectation('first_trailing_count') }} as first_expected from first_sums
),

cleaned as (
    select
        *,
        case
            when history_week_count >= {{ var('driver_history_weeks') }}
                then least(
                    contact_count,
                    2e0 + first_expected + 3e0 * sqrt(
                        first_expected * ({{ driver_chance_dispersion('first_expected', 'first_trailing_count') }})
                    )
                )
            else contact_count
        end as cleaned_count
    from first_pass
),

second_sums as (
    select
        *,
        sum(case when {{ usable }} then cleaned_count end) over {{ trailing }} as trailing_count
    from cleaned
),

second_pass as (
    select
        *,
        {{ driver_expectation('trailing_count') }} as level_expected,
        history_week_count >= {{ var('driver_history_weeks') }} and {{ usable }} as is_scored
    from second_sums
),

-- the same three weeks a year ago against what was expected then, drawn to 1 where few contacts tell
years as (
    select
        this_year.driver_level,
        this_year.series_key,
        this_year.week_no,
        count(*) as week_count,
        sum(last_year.contact_count) as seen_count,
        sum(last_year.level_expected) as expected_count
    from second_pass as this_year
    inner join second_pass as last_year
        on this_year.driver_level = last_year.driver_level
        and this_year.series_key = last_year.series_key
        and last_year.week_no between this_year.week_no - 53 and this_year.week_no - 51
    where this_year.driver_level <> 'driver' and last_year.is_scored
    group by 1, 2, 3
),

seasonal as (
    select
        second_pass.*,
        case
            when years.week_count = 3
                then least(2e0, greatest(0.5e0, (years.seen_count + {{ var('driver_season_weight') }})
                    / (years.expected_count + {{ var('driver_season_weight') }})))
            else 1e0
        end as season_factor,
        case when years.week_count = 3 then 1e0 / (years.expected_count + {{ var('driver_season_weight') }}) else 0e0 end as season_variance
    from second_pass
    left join years
        on second_pass.driver_level = years.driver_level
        and second_pass.series_key = years.series_key
        and second_pass.week_no = years.week_no
),

expected as (
    select
        *,
        level_expected * season_factor as expected_count,
        {{ driver_chance_dispersion('level_expected * season_factor', 'trailing_count') }}
        + level_expected * season_factor * season_variance as chance_dispersion
    from seasonal
)

select
    driver_level,
    series_key,
    source_id,
    {%- for column in driver_dimensions() %}
    {{ column }},
    {%- endfor %}
    week_start_date,
    week_no,
    is_complete_week,
    has_begun,
    contact_count,
    history_week_count,
    is_scored,
    season_factor,
    expected_count,
    chance_dispersion
from expected
