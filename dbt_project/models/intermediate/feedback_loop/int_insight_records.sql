{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    full_refresh=false,
    schema='records',
    pre_hook="{{ forget_unpublished_records() }}",
) }}
-- The record of what was raised: appended to, never rewritten, so that an insight keeps its key, its date and the
-- numbers it was raised with when later or late data would shift them. An episode that overlaps a recorded one of its
-- pattern is that insight. Without records (a new data folder) the same rows follow from the data alone.
with episodes as (
    select * from {{ ref('int_insight_episodes') }} where week_no = first_week_no
),

weeks as (
    select * from {{ ref('int_driver_weeks') }}
),

-- texts are counted for a theme back to before it was found, but nobody knew until then
found_later as (
    select theme_key, found_us from {{ ref('int_theme_records') }} where not is_first_search
),

{% if is_incremental() %}
recorded as (
    select pattern_key, first_week_no from {{ this }}
),
{% endif %}

raised as (
    select episodes.*
    from episodes
    {%- if is_incremental() %}
    where not exists (
        select 1
        from recorded
        where recorded.pattern_key = episodes.pattern_key
            and recorded.first_week_no >= episodes.first_week_no - {{ var('insight_episode_gap_weeks') }}
            and recorded.first_week_no <= episodes.last_week_no + {{ var('insight_episode_gap_weeks') }}
    )
    {%- endif %}
)

select
    {{ cell_key(['raised.pattern_key', 'raised.first_week_no']) }} as insight_key,
    raised.pattern_key,
    raised.source_id,
    raised.measure,
    raised.scope_level,
    raised.line_of_business,
    raised.contact_reason,
    raised.market,
    raised.language,
    raised.channel,
    raised.theme_key,
    cast(raised.first_week_no as int) as first_week_no,
    cast(raised.window_weeks as int) as window_weeks,
    greatest(weeks.to_us, coalesce(found_later.found_us, 0)) as detected_us,
    cast({{ as_of_us() }} as bigint) as recorded_as_of_us,
    raised.observed,
    raised.expected,
    raised.trials,
    raised.expected_rate,
    raised.mix_change,
    raised.dispersion,
    raised.baseline_size,
    raised.all_cases,
    raised.score,
    raised.q_value,
    raised.pattern_count
from raised
inner join weeks
    on raised.source_id = weeks.source_id and raised.first_week_no = weeks.week_no
left join found_later on raised.theme_key = found_later.theme_key
