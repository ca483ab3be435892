{%- set row = ['source_id', 'line_of_business', 'week_start_date'] %}
{%- set row_list = row | join(', ') %}
{%- set parts = ['created', 'resolved', 'solves', 'first_replies', 'sla', 'open_tickets', 'surveys', 'reviews', 'appeals_in', 'appeals_out'] %}
with created as (
    select source_id, line_of_business, created_week_date as week_start_date, ticket_key, is_minor
    from {{ ref('int_team_tickets') }}
),

resolved as (
    select
        source_id,
        line_of_business,
        resolved_week_date as week_start_date,
        ticket_key,
        is_minor,
        full_resolution_seconds_calendar,
        full_resolution_seconds_business
    from {{ ref('int_team_tickets') }}
    where resolved_week_date is not null
),

solves as (
    select * from {{ ref('int_team_solves') }}
),

first_replies as (
    select * from {{ ref('int_team_replies') }} where is_first_reply
),

sla as (
    select * from {{ ref('int_team_sla') }}
),

open_tickets as (
    select * from {{ ref('int_open_tickets') }}
),

surveys as (
    select * from {{ ref('int_team_surveys') }}
),

reviews as (
    select * from {{ ref('int_team_reviews') }}
),

appeals_in as (
    select source_id, line_of_business, submitted_week_date as week_start_date, ticket_key, is_minor
    from {{ ref('int_team_appeals') }}
),

appeals_out as (
    select source_id, line_of_business, ended_week_date as week_start_date, ticket_key, is_minor, is_reversed
    from {{ ref('int_team_appeals') }}
    -- a verdict that nobody dated belongs to no week
    where is_decided and ended_week_date is not null
),

insights as (
    select * from {{ ref('int_team_insights') }}
),

minors as (
    {{ minors_by_row(parts, row) }}
),

{% for name in parts -%}
counted_{{ name }} as (
    {{ without_few_minors(name, row) }}
),

{% endfor -%}
came_in as (
    select {{ row_list }}, count(*) as created_count from counted_created
    group by {{ row_list }}
),

ended as (
    select
        {{ row_list }},
        count(*) as resolved_count,
        {{ percentiles('full_resolution_seconds_calendar', [0.5, 0.9]) }} as calendar_percentiles,
        {{ percentiles('full_resolution_seconds_business', [0.5, 0.9]) }} as business_percentiles
    from counted_resolved
    group by {{ row_list }}
),

solved as (
    select
        {{ row_list }},
        count(*) as solved_count,
        count(case when is_reopened then 1 end) as reopened_count,
        count(case when is_first_solve then 1 end) as first_solved_count,
        count(case when is_first_solve and is_first_contact_resolution then 1 end) as first_contact_resolution_count
    from counted_solves
    group by {{ row_list }}
),

replied as (
    select
        {{ row_list }},
        count(*) as first_reply_count,
        {{ percentiles('first_reply_seconds_calendar', [0.5, 0.9]) }} as first_reply_calendar_percentiles,
        {{ percentiles('first_reply_seconds_business', [0.5, 0.9]) }} as first_reply_business_percentiles
    from counted_first_replies
    group by {{ row_list }}
),

decided as (
    select
        {{ row_list }},
        count(case when is_met then 1 end) as sla_met_count,
        count(case when not is_met then 1 end) as sla_breached_count,
        count(case when is_met and metric = 'first_reply' then 1 end) as first_reply_met_count,
        count(case when not is_met and metric = 'first_reply' then 1 end) as first_reply_breached_count
    from counted_sla
    group by {{ row_list }}
),

left_open as (
    select {{ row_list }}, count(*) as open_count from counted_open_tickets
    group by {{ row_list }}
),

asked as (
    select
        {{ row_list }},
        count(*) as survey_count,
        count(case when is_answered then 1 end) as answered_count,
        count(case when is_satisfied then 1 end) as satisfied_count,
        count(case when is_dissatisfied then 1 end) as dissatisfied_count
    from counted_surveys
    group by {{ row_list }}
),

reviewed as (
    select
        {{ row_list }},
        {{ weighted_sums('score', 'sampling_weight', 'review') }}
    from counted_reviews
    group by {{ row_list }}
),

appealed as (
    select {{ row_list }}, count(*) as appeal_count from counted_appeals_in
    group by {{ row_list }}
),

judged as (
    select
        {{ row_list }},
        count(*) as appeal_decided_count,
        count(case when is_reversed then 1 end) as appeal_overturned_count
    from counted_appeals_out
    group by {{ row_list }}
),

-- insights are no cases of anybody: there is nothing of minors to leave out
noticed as (
    select
        {{ row_list }},
        count(case when is_raised then 1 end) as insight_raised_count,
        count(case when is_open then 1 end) as insight_open_count,
        count(case when is_overdue then 1 end) as insight_overdue_count
    from insights
    group by {{ row_list }}
),

{% set counted = ['came_in', 'ended', 'solved', 'replied', 'decided', 'left_open', 'asked', 'reviewed', 'appealed', 'judged', 'noticed'] -%}
row_keys as (
    {%- for name in counted %}
    select {{ row_list }} from {{ name }}
    {{ 'union' if not loop.last }}
    {%- endfor %}
),

collected as (
    select
        row_keys.*,
        {%- for name in ['created', 'solved', 'reopened', 'first_solved', 'first_contact_resolution', 'resolved', 'first_reply', 'sla_met',
            'sla_breached', 'first_reply_met', 'first_reply_breached', 'open', 'survey', 'answered', 'satisfied', 'dissatisfied', 'review',
            'appeal', 'appeal_decided', 'appeal_overturned', 'insight_raised', 'insight_open', 'insight_overdue'] %}
        coalesce({{ name }}_count, 0) as {{ name }}_count,
        {%- endfor %}
        {%- for name in weighted_sum_names('review')[1:] + weighted_range('review') | list %}
        {{ name }},
        {%- endfor %}
        first_reply_calendar_percentiles,
        first_reply_business_percentiles,
        calendar_percentiles,
        business_percentiles,
        coalesce(minor_count, 0) as minor_count
    from row_keys
    {%- for name in counted + ['minors'] %}
    left join {{ name }}
        on row_keys.source_id = {{ name }}.source_id
        and row_keys.line_of_business is not distinct from {{ name }}.line_of_business
        and row_keys.week_start_date = {{ name }}.week_start_date
    {%- endfor %}
)

select
    {{ cell_key(row) }} as lob_week_key,
    {{ row_list }},
    {{ is_complete('week_start_date') }} as is_complete_week,
    created_count,
    solved_count,
    resolved_count,
    open_count,
    first_reply_count,
    {{ percentile_of('first_reply_calendar_percentiles', 0) }} as first_reply_seconds_calendar_p50,
    {{ percentile_of('first_reply_calendar_percentiles', 1) }} as first_reply_seconds_calendar_p90,
    {{ percentile_of('first_reply_business_percentiles', 0) }} as first_reply_seconds_business_p50,
    {{ percentile_of('first_reply_business_percentiles', 1) }} as first_reply_seconds_business_p90,
    {{ percentile_of('calendar_percentiles', 0) }} as resolution_seconds_calendar_p50,
    {{ percentile_of('calendar_percentiles', 1) }} as resolution_seconds_calendar_p90,
    {{ percentile_of('business_percentiles', 0) }} as resolution_seconds_business_p50,
    {{ percentile_of('business_percentiles', 1) }} as resolution_seconds_business_p90,
    sla_met_count,
    sla_breached_count,
    {%- for name, success, trials in [
        ('sla_attainment', 'sla_met_count', '(sla_met_count + sla_breached_count)'),
        ('first_reply_attainment', 'first_reply_met_count', '(first_reply_met_count + first_reply_breached_count)'),
        ('first_contact_resolution', 'first_contact_resolution_count', 'first_solved_count'),
        ('reopened', 'reopened_count', 'solved_count'),
        ('response', 'answered_count', 'survey_count'),
        ('csat', 'satisfied_count', 'answered_count'),
        ('dsat', 'dissatisfied_count', 'answered_count'),
        ('appeal_overturned', 'appeal_overturned_count', 'appeal_decided_count'),
    ] %}
    {{ rate(success, trials) }} as {{ name }}_rate,
    {{ wilson_lower(success, trials) }} as {{ name }}_lower_rate,
    {{ wilson_upper(success, trials) }} as {{ name }}_upper_rate,
    {%- endfor %}
    first_reply_met_count,
    first_reply_breached_count,
    first_solved_count,
    first_contact_resolution_count,
    reopened_count,
    survey_count,
    answered_count,
    satisfied_count,
    dissatisfied_count,
    review_count,
    {{ weighted_mean('review') }} as quality_score,
    {{ weighted_lower('review') }} as quality_score_lower,
    {{ weighted_upper('review') }} as quality_score_upper,
    appeal_count,
    appeal_decided_count,
    appeal_overturned_count,
    insight_raised_count,
    insight_open_count,
    insight_overdue_count,
    {{ counted_minors('minor_count') }} as minor_count
from collected
