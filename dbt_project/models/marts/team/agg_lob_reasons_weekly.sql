{%- set row = ['source_id', 'line_of_business', 'contact_reason', 'week_start_date'] %}
{%- set row_list = row | join(', ') %}
with contacts as (
    select source_id, line_of_business, contact_reason, created_week_date as week_start_date, ticket_key, is_minor
    from {{ ref('int_team_tickets') }}
),

surveys as (
    select * from {{ ref('int_team_surveys') }}
),

minors as (
    {{ minors_by_row(['contacts', 'surveys'], row) }}
),

counted_contacts as (
    {{ without_few_minors('contacts', row) }}
),

counted_surveys as (
    {{ without_few_minors('surveys', row) }}
),

came_in as (
    select {{ row_list }}, count(*) as contact_count from counted_contacts
    group by {{ row_list }}
),

asked as (
    select
        {{ row_list }},
        count(*) as survey_count,
        count(case when is_answered then 1 end) as answered_count,
        count(case when is_satisfied then 1 end) as satisfied_count
    from counted_surveys
    group by {{ row_list }}
),

row_keys as (
    select {{ row_list }} from came_in
    union
    select {{ row_list }} from asked
),

collected as (
    select
        row_keys.*,
        weeks.week_no,
        coalesce(came_in.contact_count, 0) as contact_count,
        coalesce(asked.survey_count, 0) as survey_count,
        coalesce(asked.answered_count, 0) as answered_count,
        coalesce(asked.satisfied_count, 0) as satisfied_count,
        coalesce(minors.minor_count, 0) as minor_count
    from row_keys
    inner join {{ ref('int_site_weeks') }} as weeks on row_keys.week_start_date = weeks.week_start_date
    {%- for name in ['came_in', 'asked', 'minors'] %}
    left join {{ name }}
        on row_keys.source_id = {{ name }}.source_id
        and row_keys.line_of_business is not distinct from {{ name }}.line_of_business
        and row_keys.contact_reason is not distinct from {{ name }}.contact_reason
        and row_keys.week_start_date = {{ name }}.week_start_date
    {%- endfor %}
),

first_weeks as (
    select source_id, min(week_no) as first_week_no from collected
    where contact_count > 0
    group by source_id
),

-- weeks without such a contact count as 0, weeks before the source's first ticket do not count
compared as (
    select
        collected.*,
        sum(contact_count) over weeks_before as contacts_before,
        least({{ var('team_window_weeks') }}, collected.week_no - first_weeks.first_week_no) as weeks_before
    from collected
    left join first_weeks on collected.source_id = first_weeks.source_id
    window weeks_before as (
        partition by collected.source_id, collected.line_of_business, collected.contact_reason
        order by collected.week_no range between {{ var('team_window_weeks') }} preceding and 1 preceding
    )
)

select
    {{ cell_key(row) }} as lob_reason_week_key,
    {{ row_list }},
    {{ is_complete('week_start_date') }} as is_complete_week,
    contact_count,
    case when weeks_before > 0 then coalesce(contacts_before, 0) * 1e0 / weeks_before end as contact_mean_before,
    cast(case when weeks_before > 0 then weeks_before else 0 end as bigint) as week_before_count,
    survey_count,
    answered_count,
    satisfied_count,
    {{ rate('satisfied_count', 'answered_count') }} as csat_rate,
    {{ wilson_lower('satisfied_count', 'answered_count') }} as csat_lower_rate,
    {{ wilson_upper('satisfied_count', 'answered_count') }} as csat_upper_rate,
    {{ counted_minors('minor_count') }} as minor_count
from compared
