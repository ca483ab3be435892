-- What stands out in a week, one row per pattern (measure and driver): after Benjamini and Hochberg's control of the
-- share of false discoveries over all patterns of the source's week, and large enough to matter.
with tests as (
    select * from {{ ref('int_insight_tests') }}
),

-- a driver is looked at as a whole and in parts (markets, languages, channels): half of its chance for each
counted as (
    select
        *,
        sum(case when scope_level in ('reason', 'theme') then 0 else 1 end) over (partition by pattern_key, week_no) as part_count
    from tests
),

adjusted as (
    select
        *,
        least(1e0, p_value * case
            when part_count = 0 then 1
            when scope_level = 'reason' then 2
            when scope_level = 'theme' then 1
            else 2 * part_count
        end) as scope_p_value
    from counted
),

patterns as (
    select
        pattern_key,
        week_no,
        min(source_id) as source_id,
        min(scope_p_value) as pattern_p_value
    from adjusted
    group by 1, 2
),

ordered as (
    select
        *,
        count(*) over (partition by source_id, week_no) as pattern_count,
        row_number() over (partition by source_id, week_no order by pattern_p_value, pattern_key) as place
    from patterns
),

-- smallest false discovery rate at which the pattern is found (Benjamini and Hochberg 1995)
controlled as (
    select
        *,
        min(least(1e0, pattern_p_value * pattern_count / place)) over (
            partition by source_id, week_no order by place desc rows between unbounded preceding and current row
        ) as q_value
    from ordered
),

limits as (
    select
        source_id,
        week_no,
        max(pattern_p_value) as largest_p_value
    from controlled
    where q_value <= {{ var('insight_false_discovery_rate') }}
    group by 1, 2
),

found as (
    select
        adjusted.*,
        controlled.q_value,
        controlled.pattern_count,
        adjusted.observed - adjusted.expected as excess,
        max(case when adjusted.scope_level = 'reason' then adjusted.observed - adjusted.expected end) over (
            partition by adjusted.pattern_key, adjusted.week_no
        ) as driver_excess
    from adjusted
    inner join limits on adjusted.source_id = limits.source_id and adjusted.week_no = limits.week_no
    inner join controlled
        on adjusted.pattern_key = controlled.pattern_key and adjusted.week_no = controlled.week_no
    where adjusted.scope_p_value <= limits.largest_p_value
),

material as (
    select
        *,
        -- a part explains the driver if most of the excess is its own
        case
            when scope_level = 'reason' then 1
            when excess >= {{ var('insight_part_explains') }} * coalesce(driver_excess, excess) then 0
            else 2
        end as preference
    from found
    where is_eligible and ((
        measure = 'contacts'
        and excess >= {{ var('insight_least_excess') }}
        and observed >= (1 + {{ var('insight_least_lift') }}) * expected
    ) or (
        measure in ('csat', 'overturn')
        and excess >= {{ var('insight_least_rate_change') }} * trials
    ) or measure = 'theme')
),

preferred as (
    select
        *,
        row_number() over (partition by pattern_key, week_no order by preference, excess desc, scope_key) as scope_place
    from material
)

select
    pattern_key,
    week_no,
    measure,
    source_id,
    scope_level,
    line_of_business,
    contact_reason,
    market,
    language,
    channel,
    theme_key,
    window_weeks,
    observed,
    expected,
    excess,
    trials,
    expected_rate,
    mix_change,
    dispersion,
    baseline_size,
    all_cases,
    score,
    p_value,
    q_value,
    cast(pattern_count as bigint) as pattern_count
from preferred
where scope_place = 1
