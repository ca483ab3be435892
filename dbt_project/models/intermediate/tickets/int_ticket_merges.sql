-- For every ticket that others were merged into, directly or through a chain: when the earliest of them was
-- created (A50). Reads all tickets of the site, not only those of this build.
with recursive tickets as (
    select source_id, ticket_id, {{ micros('created_at') }} as created_us, {{ micros('updated_at') }} as updated_us, merged_into
    from {{ ref('int_tickets__unioned') }}
    where {{ micros('created_at') }} <= {{ as_of_us() }}
),

merge_events as (
    select
        source_id,
        ticket_id,
        reference,
        row_number() over (partition by source_id, ticket_id order by occurred_us, sequence_no, event_id) as merge_no
    from {{ ref('int_ticket_flag_events') }}
    where event_type = 'merge'
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

-- a chain ends where it would come back to itself; the tickets it went through, each between two separators
chains as (
    select
        source_id,
        target_id,
        ticket_id,
        created_us,
        cast({{ dbt.concat(["chr(1)", "ticket_id", "chr(1)", "target_id", "chr(1)"]) }} as {{ dbt.type_string() }}) as path
    from merges
    union all
    select
        chains.source_id,
        merges.target_id,
        chains.ticket_id,
        chains.created_us,
        cast({{ dbt.concat(["chains.path", "merges.target_id", "chr(1)"]) }} as {{ dbt.type_string() }})
    from chains
    inner join merges on chains.source_id = merges.source_id and chains.target_id = merges.ticket_id
    where {{ dbt.position(dbt.concat(["chr(1)", "merges.target_id", "chr(1)"]), "chains.path") }} = 0
)

select
    source_id,
    target_id as ticket_id,
    min(created_us) as earliest_created_us
from chains
where ticket_id <> target_id
group by 1, 2
