with insights as (
    select * from {{ ref('fct_insights') }}
),

today as (
    select site_days.site_date as as_of_date
    from (select cast({{ as_of_us() }} as bigint) as as_of_us) as present
    {{ join_site_day('site_days', 'present.as_of_us') }}
),

aged as (
    select
        insights.source_id,
        insights.owner_team,
        insights.priority,
        insights.state,
        insights.state in {{ insight_open_states() }} as is_open,
        insights.state in {{ insight_open_states() }} and insights.due_on < today.as_of_date as is_overdue,
        insights.reviewed_at is null as is_unreviewed,
        -- what bears a time before the detection took no time
        {%- for step, name in [('reviewed', 'review'), ('acted', 'action')] %}
        case when insights.{{ step }}_at is not null
            then greatest(0, {{ seconds(micros('insights.' ~ step ~ '_at') ~ ' - ' ~ micros('insights.detected_at')) }})
        end as seconds_to_{{ name }},
        {%- endfor %}
        {{ seconds(as_of_us() ~ ' - ' ~ micros('insights.detected_at')) }} as age_seconds
    from insights
    cross join today
)

select
    {{ cell_key(['source_id', 'owner_team', 'priority']) }} as insight_backlog_key,
    source_id,
    owner_team,
    priority,
    count(*) as insight_count,
    count(case when is_open then 1 end) as open_count,
    count(case when is_open and is_unreviewed then 1 end) as unreviewed_count,
    count(case when is_overdue then 1 end) as overdue_count,
    {%- for state in ['raised', 'accepted', 'in_progress', 'shipped', 'verified', 'reopened', 'declined'] %}
    count(case when state = '{{ state }}' then 1 end) as {{ state }}_count,
    {%- endfor %}
    max(case when is_open then age_seconds end) as oldest_open_age_seconds,
    avg(seconds_to_review) as mean_review_seconds,
    avg(seconds_to_action) as mean_action_seconds
from aged
group by
    source_id,
    owner_team,
    priority
