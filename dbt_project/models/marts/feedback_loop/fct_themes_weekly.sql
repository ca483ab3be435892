{%- set window_frame = 'range between ' ~ var('driver_baseline_weeks') ~ ' preceding and 1 preceding' %}
{%- set cell = ['source_id', 'text_kind', 'language'] %}
with texts as (
    select
        *,
        {{ week_number('week_start_date') }} as week_no
    from {{ ref('fct_feedback_texts') }}
),

week_ends as (
    select week_start_date, max(to_us) as to_us from {{ ref('int_site_days') }} group by 1
),

totals as (
    select
        {{ cell | join(', ') }},
        week_no,
        count(*) as all_count,
        count(case when is_dissatisfied then 1 end) as all_dissatisfied_count
    from texts
    group by {{ cell | join(', ') }}, week_no
),

histories as (
    select
        *,
        sum(all_count) over (partition by {{ cell | join(', ') }} order by week_no {{ window_frame }}) as trailing_all_count,
        coalesce(sum(all_count) over (
            partition by {{ cell | join(', ') }} order by week_no range between 56 preceding and 4 preceding
        ), 0) as old_all_count,
        week_no - min(week_no) over (partition by {{ cell | join(', ') }}) as weeks_before
    from totals
),

themes_on_record as (
    select
        theme_key,
        case when not is_first_search then found_us - {{ 3 * 7 * 86400 * 1000000 }} end as new_from_us
    from {{ ref('int_theme_records') }}
),

themes as (
    select
        {{ cell | join(', ') }},
        theme_key,
        week_no,
        min(week_start_date) as week_start_date,
        count(*) as text_count,
        count(is_dissatisfied) as judged_count,
        count(case when is_dissatisfied then 1 end) as dissatisfied_count,
        avg(sentiment_score) as mean_sentiment_score
    from texts
    where theme_key is not null
    group by {{ cell | join(', ') }}, theme_key, week_no
),

looked_back as (
    select
        *,
        coalesce(sum(text_count) over (
            partition by {{ cell | join(', ') }}, theme_key order by week_no {{ window_frame }}
        ), 0) as trailing_count,
        -- texts in the weeks before the last four, and in those four
        coalesce(sum(text_count) over (
            partition by {{ cell | join(', ') }}, theme_key order by week_no range between 56 preceding and 4 preceding
        ), 0) as old_count,
        sum(text_count) over (
            partition by {{ cell | join(', ') }}, theme_key order by week_no range between 3 preceding and current row
        ) as recent_count
    from themes
),

expected as (
    select
        looked_back.*,
        histories.all_count,
        histories.all_dissatisfied_count,
        histories.old_all_count,
        histories.weeks_before,
        week_ends.to_us <= {{ as_of_us() }} as is_complete_week,
        coalesce(week_ends.to_us > themes_on_record.new_from_us, true) as may_be_new,
        case
            when histories.weeks_before >= {{ var('driver_history_weeks') }} and week_ends.to_us <= {{ as_of_us() }}
                then (looked_back.trailing_count + 0.5e0) * histories.all_count / histories.trailing_all_count
        end as expected_count
    from looked_back
    inner join histories
        on {% for column in cell + ['week_no'] %}looked_back.{{ column }} = histories.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
    inner join week_ends on looked_back.week_start_date = week_ends.week_start_date
    left join themes_on_record on looked_back.theme_key = themes_on_record.theme_key
),

dispersed as (
    select
        *,
        1.2e0 + expected_count / (trailing_count + 0.5e0) as dispersion
    from expected
),

scored as (
    select
        *,
        case when expected_count > 0 then {{ count_score('text_count + 0.5e0', 'expected_count', 'dispersion') }} end as spike_score,
        case when expected_count > 0 then {{ count_score('text_count', 'expected_count', 'dispersion') }} end as tail_score
    from dispersed
)

select
    {{ cell_key(['source_id', 'text_kind', 'theme_key', 'week_start_date']) }} as theme_week_key,
    source_id,
    week_start_date,
    theme_key,
    text_kind,
    language,
    is_complete_week,
    text_count,
    judged_count,
    dissatisfied_count,
    all_count as all_text_count,
    all_dissatisfied_count,
    -- minors' texts are never loaded
    cast(0 as bigint) as minor_count,
    {{ rate('text_count', 'all_count') }} as text_share_rate,
    {{ rate('dissatisfied_count', 'judged_count') }} as dissatisfied_rate,
    {{ rate('dissatisfied_count', 'all_dissatisfied_count') }} as dissatisfaction_share_rate,
    mean_sentiment_score,
    expected_count,
    spike_score,
    case when tail_score is not null then {{ normal_upper_tail('tail_score') }} end as spike_p_value,
    -- what is found in texts of months ago was missed then, and is none that begins;
    -- of some old texts in other words or about something else a theme's terms are found too
    may_be_new and text_count >= 3 and recent_count >= 5 and weeks_before >= 8
    and (old_count <= 2 or 10 * old_count * all_count <= text_count * old_all_count) as is_new
from scored
