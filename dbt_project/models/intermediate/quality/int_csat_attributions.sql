-- Which ticket and which of its solves a survey belongs to: the last solve at or before it was sent (SEMANTICS 4).
-- A ticket that nobody delivered by as_of leaves its surveys out (A43), unless they say themselves whom they are about.
with surveys as (
    select
        {{ surrogate_key(['surveys.source_id', 'surveys.survey_id']) }} as survey_key,
        {{ surrogate_key(['coalesce(source_references.refers_to_source_id, surveys.source_id)', 'surveys.ticket_id']) }} as ticket_key,
        surveys.source_id,
        surveys.survey_id,
        surveys.sent_us,
        surveys.is_standalone
    from {{ ref('int_csat_surveys') }} as surveys
    left join {{ ref('stg_site__source_references') }} as source_references
        on surveys.source_id = source_references.source_id and source_references.reference = 'ticket_id'
),

tickets as (
    select ticket_key from {{ ref('fct_tickets') }}
),

solves as (
    select ticket_key, solve_no, {{ micros('solved_at') }} as solved_us from {{ ref('fct_ticket_solves') }}
),

last_solves as (
    select surveys.survey_key, max(solves.solve_no) as solve_no
    from surveys
    inner join solves on surveys.ticket_key = solves.ticket_key and solves.solved_us <= surveys.sent_us
    group by 1
)

select
    surveys.survey_key,
    surveys.source_id,
    surveys.survey_id,
    tickets.ticket_key,
    last_solves.solve_no
from surveys
left join tickets on surveys.ticket_key = tickets.ticket_key
left join last_solves on surveys.survey_key = last_solves.survey_key
where tickets.ticket_key is not null or surveys.is_standalone
