-- Every survey sent by as_of about a ticket that was delivered, or that stands alone, is in the mart, and no other.
with delivered as (
    select distinct responses.source_id, responses.survey_id
    from {{ ref('int_csat_responses__unioned') }} as responses
    inner join {{ ref('stg_site__source_references') }} as source_references
        on responses.source_id = source_references.source_id and source_references.reference = 'ticket_id'
    left join {{ ref('fct_tickets') }} as tickets
        on source_references.refers_to_source_id = tickets.source_id and responses.ticket_id = tickets.ticket_id
    where {{ micros('responses.sent_at') }} <= {{ as_of_us() }}
        and (tickets.ticket_key is not null or responses.is_standalone)
)

select
    coalesce(delivered.source_id, marts.source_id) as source_id,
    coalesce(delivered.survey_id, marts.survey_id) as survey_id
from delivered
full outer join {{ ref('fct_csat_responses') }} as marts
    on delivered.source_id = marts.source_id and delivered.survey_id = marts.survey_id
where delivered.survey_id is null or marts.survey_id is null
