{{ config(materialized='view') }}
-- Surveys that count, in the week they were sent, with the agent of the solve they followed (SEMANTICS 4). A survey of
-- another system than the tickets belongs to the source of its ticket.
with homes as (
    {{ agent_homes() }}
)

select
    coalesce(tickets.source_id, surveys.source_id) as source_id,
    coalesce(surveys.ticket_key, surveys.survey_key) as ticket_key,
    coalesce({{ micros('surveys.solved_at') }}, {{ micros('surveys.sent_at') }}) as at_us,
    surveys.sent_week_date as week_start_date,
    surveys.line_of_business,
    surveys.language,
    surveys.contact_reason,
    surveys.tier,
    surveys.vendor,
    homes.agent_source_id,
    surveys.agent_id,
    surveys.is_minor,
    surveys.is_responded as is_answered,
    surveys.is_satisfied,
    surveys.is_dissatisfied
from {{ ref('fct_csat_responses') }} as surveys
left join {{ ref('fct_tickets') }} as tickets on surveys.ticket_key = tickets.ticket_key
inner join homes on coalesce(tickets.source_id, surveys.source_id) = homes.source_id
where not surveys.is_excluded
