select source_id, ticket_id from {{ ref('int_tickets__unioned') }}
where {{ micros('created_at') }} <= {{ as_of_us() }}
