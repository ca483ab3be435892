-- Tickets that left the queue other than by being solved, with the event that did it (A5, A24, A33). Only the
-- tickets with a merge, a spam mark or a deletion have a row.
with events as (
    select ticket_no, event_no, at_us, kind, value from {{ ref('int_ticket_events') }}
    where kind in ('merge', 'spam', 'delete', 'restore') and not is_future
),

deletions as (
    select ticket_no, event_no, at_us, kind from events where kind in ('delete', 'restore')
),

-- the delete that began the deletion still in force: a delete of a deleted ticket changes nothing
final_deletions as (
    select
        deletes.ticket_no,
        min(deletes.event_no) as deleted_event_no,
        min(deletes.at_us) as deleted_us
    from deletions as deletes
    left join (
        select ticket_no, max(event_no) as last_restore_no from deletions where kind = 'restore' group by 1
    ) as restores on deletes.ticket_no = restores.ticket_no
    where deletes.kind = 'delete' and deletes.event_no > coalesce(restores.last_restore_no, 0)
    group by 1
),

merges as (
    select ticket_no, min(at_us) as merged_us from events where kind = 'merge' group by 1
),

spam as (
    select ticket_no, min(at_us) as spam_us from events where kind = 'spam' group by 1
)

select
    tickets.ticket_no,
    merges.merged_us,
    final_deletions.deleted_event_no,
    final_deletions.deleted_us,
    spam.ticket_no is not null as is_spam,
    spam.spam_us,
    case
        when final_deletions.ticket_no is not null then 'deleted'
        when spam.ticket_no is not null then 'spam'
        when merges.ticket_no is not null then 'merged'
    end as exclusion_reason
from (select distinct ticket_no from events) as tickets
left join merges on tickets.ticket_no = merges.ticket_no
left join final_deletions on tickets.ticket_no = final_deletions.ticket_no
left join spam on tickets.ticket_no = spam.ticket_no
