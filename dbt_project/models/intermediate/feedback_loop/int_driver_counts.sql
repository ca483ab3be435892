-- What is counted per driver and week. Each case is a row here, so that a minor's ticket counts once in
-- minor_count, in whichever of the counts it appears.
{%- set counts = driver_counts() %}
with tickets as (
    select * from {{ ref('fct_tickets') }} where not is_excluded
),

contacts as (
    select
        ticket_key as case_key,
        source_id,
        {%- for column in driver_dimensions() %}
        {{ column }},
        {%- endfor %}
        {{ micros('created_at') }} as at_us,
        is_minor,
        1 as contact_count,
        reopen_count,
        case when reopen_count > 0 then 1 else 0 end as reopened_count,
        agent_reply_count
    from tickets
),

-- a survey belongs to the driver its ticket was of when it was solved; one without a ticket to what it says itself
surveys as (
    select
        coalesce(surveys.ticket_key, surveys.survey_key) as case_key,
        coalesce(tickets.source_id, surveys.source_id) as source_id,
        {%- for column in driver_dimensions() %}
        surveys.{{ column }},
        {%- endfor %}
        {{ micros('surveys.sent_at') }} as at_us,
        surveys.is_minor,
        1 as survey_sent_count,
        case when surveys.is_responded then 1 else 0 end as survey_responded_count,
        case when surveys.is_satisfied then 1 else 0 end as satisfied_count,
        case when surveys.is_dissatisfied then 1 else 0 end as dissatisfied_count
    from {{ ref('fct_csat_responses') }} as surveys
    left join tickets on surveys.ticket_key = tickets.ticket_key
    where not surveys.is_excluded
),

-- appeals come to a driver by their ticket
appeals as (
    select
        tickets.ticket_key as case_key,
        tickets.source_id,
        {%- for column in driver_dimensions() %}
        tickets.{{ column }},
        {%- endfor %}
        {{ micros('appeals.submitted_at') }} as at_us,
        appeals.is_minor or tickets.is_minor as is_minor,
        1 as appeal_count,
        case when appeals.is_decided then 1 else 0 end as appeal_decided_count,
        case when appeals.is_reversed then 1 else 0 end as appeal_overturned_count
    from {{ ref('fct_appeals') }} as appeals
    inner join tickets on appeals.ticket_key = tickets.ticket_key
    where appeals.body = 'internal'
),

{#- Each kind of case fills its own counts. -#}
{%- set kinds = {
    'contacts': ['contact_count', 'reopen_count', 'reopened_count', 'agent_reply_count'],
    'surveys': ['survey_sent_count', 'survey_responded_count', 'satisfied_count', 'dissatisfied_count'],
    'appeals': ['appeal_count', 'appeal_decided_count', 'appeal_overturned_count'],
} %}
cases as (
    {%- for kind, own in kinds.items() %}
    select
        case_key,
        source_id,
        {%- for column in driver_dimensions() %}
        {{ column }},
        {%- endfor %}
        at_us,
        is_minor,
        {%- for count in counts %}
        {{ count if count in own else '0' }} as {{ count }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ kind }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

dated as (
    select
        cases.*,
        site_days.week_start_date
    from cases
    {{ join_site_day('site_days', 'cases.at_us') }}
)

select
    {{ driver_key() }} as driver_key,
    week_start_date,
    min({{ level_key('reason') }}) as reason_key,
    source_id,
    {%- for column in driver_dimensions() %}
    {{ column }},
    {%- endfor %}
    count(distinct case when is_minor then case_key end) as minor_count,
    cast(sum(case when is_minor then contact_count else 0 end) as bigint) as minor_contact_count,
    {%- for count in counts %}
    cast(sum({{ count }}) as bigint) as {{ count }}{{ ',' if not loop.last }}
    {%- endfor %}
from dated
group by
    week_start_date,
    source_id,
    {%- for column in driver_dimensions() %}
    {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
