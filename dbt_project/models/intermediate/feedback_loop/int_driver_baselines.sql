-- Scores of each driver's weekly contacts: how far above what was expected, in the scatter that earlier weeks had.
{%- set window_frame = 'range between ' ~ var('driver_baseline_weeks') ~ ' preceding and 1 preceding' %}
with residuals as (
    select
        *,
        case
            when is_scored and has_begun
                then (contact_count - expected_count) / sqrt(expected_count * chance_dispersion)
        end as residual
    from {{ ref('int_driver_expectations') }}
),

-- how much more than by chance contacts scatter, over all drivers of a level: half the distance of the 16th and
-- 84th percentile (0.9945 standard deviations), which one driver in seven that does something odd does not move
spreads as (
    select
        source_id,
        driver_level,
        week_no,
        count(*) as series_count,
        {{ percentiles('residual', [0.16, 0.84]) }} as bounds
    from residuals
    where residual is not null and expected_count >= 5
    group by 1, 2, 3
    having count(*) >= 5
),

level_weeks as (
    select distinct source_id, driver_level, week_no from residuals
),

-- begins at 1.2, worth twenty observations, until there are earlier weeks to tell
pooled as (
    select
        level_weeks.source_id,
        level_weeks.driver_level,
        level_weeks.week_no,
        (coalesce(sum(spreads.series_count * ({{ percentile_of('spreads.bounds', 1) }} - {{ percentile_of('spreads.bounds', 0) }})
            * ({{ percentile_of('spreads.bounds', 1) }} - {{ percentile_of('spreads.bounds', 0) }}) / 3.956e0)
            over (partition by level_weeks.source_id, level_weeks.driver_level order by level_weeks.week_no {{ window_frame }}), 0) + 1.2e0 * 20e0)
        / (coalesce(sum(spreads.series_count)
            over (partition by level_weeks.source_id, level_weeks.driver_level order by level_weeks.week_no {{ window_frame }}), 0) + 20e0)
            as pooled_dispersion
    from level_weeks
    left join spreads
        on level_weeks.source_id = spreads.source_id
        and level_weeks.driver_level = spreads.driver_level
        and level_weeks.week_no = spreads.week_no
),

own_squares as (
    select
        residuals.*,
        pooled.pooled_dispersion,
        -- least() would give 4 where there is no residual
        case
            when expected_count >= 1 and residual is not null
                then least(4e0, residual * residual / pooled.pooled_dispersion)
        end as capped_square
    from residuals
    inner join pooled
        on residuals.source_id = pooled.source_id
        and residuals.driver_level = pooled.driver_level
        and residuals.week_no = pooled.week_no
),

-- of the one driver, eight weeks of the level and its own, each with four times the usual square at most
dispersed as (
    select
        *,
        greatest(1e0, pooled_dispersion * (
            8e0 + coalesce(sum(capped_square) over (partition by driver_level, series_key order by week_no {{ window_frame }}), 0e0)
        ) / (
            8e0 + count(capped_square) over (partition by driver_level, series_key order by week_no {{ window_frame }})
        )) * chance_dispersion as dispersion
    from own_squares
),

scored as (
    select
        *,
        {{ count_score('contact_count + 0.5e0', 'expected_count', 'dispersion') }} as spike_score,
        case when contact_count > 0 then {{ count_score('contact_count', 'expected_count', 'dispersion') }} end as tail_score
    from dispersed
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
    case when is_scored then season_factor end as season_factor,
    case when is_scored then expected_count end as expected_count,
    case when is_scored then dispersion end as dispersion,
    case when is_scored then spike_score end as spike_score,
    case when is_scored then coalesce({{ normal_upper_tail('tail_score') }}, 1e0) end as spike_p_value
from scored
