-- For every ticket that others were merged into, directly or through a chain: when the earliest of them was
-- created (A50). Reads all tickets of the site, not only those of this build.
with recursive tickets as (
    select source_id, ticket_id, {{ micros('created_at') }} as created_us, {{ micros('updated_at') }} as updated_us, merged_into
    from {{ ref('int_tickets__unioned') }}
    where {{ micros('created_at') }} <= {{ as_of_us() }}
),

merge_events as (
    select
        events.source_id,
        events.ticket_id,
        events.reference,
        row_number() over (
            partition by events.source_id, events.ticket_id order by events.occurred_at, events.sequence_no, events.event_id
        ) as merge_no
    from {{ ref('int_ticket_events__unioned') }} as events
    where events.event_type = 'merge' and {{ micros('events.occurred_at') }} <= {{ as_of_us() }}
),

merges as (
    select
        tickets.source_id,
        tickets.ticket_id,
        tickets.created_us,
        coalesce(merge_events.reference, tickets.merged_into) as target_id
    from tickets
    left join merge_events
        on tickets.source_id = merge_events.source_id
        and tickets.ticket_id = merge_events.ticket_id
        and merge_events.merge_no = 1
    where merge_events.ticket_id is not null
        or (tickets.merged_into is not null and greatest(tickets.updated_us, tickets.created_us) <= {{ as_of_us() }})
),

chains as (
    select source_id, target_id, ticket_id, created_us from merges
    union
    select chains.source_id, merges.target_id, chains.ticket_id, chains.created_us
    from chains
    inner join merges on chains.source_id = merges.source_id and chains.target_id = merges.ticket_id
)

select
    source_id,
    target_id as ticket_id,
    min(created_us) as earliest_created_us
from chains
where ticket_id <> target_id
group by 1, 2
