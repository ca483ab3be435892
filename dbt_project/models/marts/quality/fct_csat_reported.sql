{%- set cell = ['source_id', 'line_of_business', 'market', 'language', 'tier', 'vendor'] %}
{%- set values = ['sent_count', 'responded_count', 'satisfied_count', 'dissatisfied_count'] %}
{%- set cohort = [] %}
{%- for column in ['source_id', 'sent_week_date'] + cell[1:] %}
    {%- do cohort.append('responses.' ~ column) %}
{%- endfor %}
with records as (
    select * from {{ ref('int_csat_records') }} where csat_weekly_key is not null
),

closings as (
    select recorded_as_of_us, max(recorded_load_no) as recorded_load_no
    from {{ ref('int_csat_records') }}
    where csat_weekly_key is null
    group by 1
),

closed_weeks as (
    select weeks.week_start_date, min(closings.recorded_as_of_us) as recorded_as_of_us
    from (select week_start_date, max(to_us) as ends_us from {{ ref('int_site_days') }} group by 1) as weeks
    inner join closings on closings.recorded_as_of_us >= weeks.ends_us
    group by 1
),

closed as (
    select closed_weeks.week_start_date, closings.recorded_as_of_us, closings.recorded_load_no
    from closed_weeks
    inner join closings on closed_weeks.recorded_as_of_us = closings.recorded_as_of_us
),

present as (
    select cohorts.*, closed.recorded_as_of_us, closed.recorded_load_no
    from {{ ref('agg_csat_weekly') }} as cohorts
    inner join closed on cohorts.sent_week_date = closed.week_start_date
),

-- answers and surveys that came after the week was reported
surveys as (
    select
        {{ cell_key(cohort) }} as csat_weekly_key,
        responses.is_responded,
        surveys.first_seen_load_no > closed.recorded_load_no as is_late_survey,
        responses.is_responded
        and (surveys.first_recorded_us > closed.recorded_as_of_us or surveys.first_load_no > closed.recorded_load_no) as is_late_answer,
        responses.is_rerated
        and surveys.first_recorded_us <= closed.recorded_as_of_us
        and surveys.first_load_no <= closed.recorded_load_no
        and (surveys.recorded_us > closed.recorded_as_of_us or surveys.load_no > closed.recorded_load_no) as is_late_rerating
    from {{ ref('fct_csat_responses') }} as responses
    inner join closed on responses.sent_week_date = closed.week_start_date
    inner join {{ ref('int_csat_surveys') }} as surveys
        on responses.source_id = surveys.source_id and responses.survey_id = surveys.survey_id
    where not responses.is_excluded
),

late as (
    select
        csat_weekly_key,
        count(case when is_late_survey then 1 end) as late_survey_count,
        count(case when is_late_answer then 1 end) as late_answer_count,
        count(case when is_late_rerating then 1 end) as late_rerating_count
    from surveys
    group by 1
),

answered_only as (
    select distinct source_id from {{ ref('fct_csat_responses') }} where is_answered_only
),

paired as (
    select
        coalesce(records.csat_weekly_key, present.csat_weekly_key) as csat_weekly_key,
        coalesce(records.closed_week_date, present.sent_week_date) as sent_week_date,
        {%- for column in cell %}
        coalesce(records.{{ column }}, present.{{ column }}) as {{ column }},
        {%- endfor %}
        coalesce(records.recorded_as_of_us, present.recorded_as_of_us) as recorded_as_of_us,
        {%- for column in values + ['minor_count'] %}
        coalesce(records.{{ column }}, 0) as recorded_{{ column }},
        coalesce(present.{{ column }}, 0) as restated_{{ column }},
        {%- endfor %}
        answered_only.source_id is null as is_response_known,
        coalesce(late.late_survey_count, 0) as late_survey_count,
        coalesce(late.late_answer_count, 0) as late_answer_count,
        coalesce(late.late_rerating_count, 0) as late_rerating_count
    from records
    full outer join present on records.csat_weekly_key = present.csat_weekly_key
    left join late on coalesce(records.csat_weekly_key, present.csat_weekly_key) = late.csat_weekly_key
    left join answered_only on coalesce(records.source_id, present.source_id) = answered_only.source_id
),

compared as (
    select
        *,
        {%- for column in values %}
        {{ 'or ' if not loop.first }}recorded_{{ column }} <> restated_{{ column }}
        {%- endfor %} as is_different
    from paired
)

select
    csat_weekly_key,
    source_id,
    sent_week_date,
    {%- for column in cell[1:] %}
    {{ column }},
    {%- endfor %}
    {{ instant('recorded_as_of_us') }} as recorded_as_of,
    {%- for column in values %}
    cast(recorded_{{ column }} as bigint) as recorded_{{ column }},
    cast(restated_{{ column }} as bigint) as restated_{{ column }},
    {%- endfor %}
    case when is_response_known then {{ rate('recorded_responded_count', 'recorded_sent_count') }} end as recorded_response_rate,
    case when is_response_known then {{ rate('restated_responded_count', 'restated_sent_count') }} end as restated_response_rate,
    {{ rate('recorded_satisfied_count', 'recorded_responded_count') }} as recorded_csat_rate,
    {{ rate('restated_satisfied_count', 'restated_responded_count') }} as restated_csat_rate,
    {{ rate('recorded_dissatisfied_count', 'recorded_responded_count') }} as recorded_dsat_rate,
    {{ rate('restated_dissatisfied_count', 'restated_responded_count') }} as restated_dsat_rate,
    late_survey_count,
    late_answer_count,
    late_rerating_count,
    is_different,
    case
        when not is_different then null
        when recorded_sent_count + late_survey_count <> restated_sent_count then 'surveys_moved'
        when late_survey_count > 0 then 'late_survey'
        when late_answer_count > 0 then 'late_answer'
        when late_rerating_count > 0 then 'rerated'
        else 'answer_corrected'
    end as difference_reason,
    -- the publication blanks rows of few minors: few of them then, or few of them now
    least(
        case when recorded_minor_count = 0 then restated_minor_count else recorded_minor_count end,
        case when restated_minor_count = 0 then recorded_minor_count else restated_minor_count end
    ) as minor_count
from compared
