-- Messages up to as_of, with what each counts as (SEMANTICS A8-A10): a reply is a public message of an agent
-- that is not the creating message; a question is a public message of the requester.
with messages as (
    select
        ticket_no,
        event_no,
        at_us,
        event_id,
        actor_id,
        author_role,
        is_public,
        row_number() over (partition by ticket_no order by event_no) as message_no
    from {{ ref('int_ticket_events') }}
    where kind = 'message' and not is_future
),

marked as (
    select
        messages.*,
        messages.message_no = 1
        and messages.author_role = tickets.submitter_role
        and messages.at_us = tickets.created_us as is_creating
    from messages
    inner join {{ ref('int_tickets') }} as tickets on messages.ticket_no = tickets.ticket_no
)

select
    ticket_no,
    event_no,
    at_us,
    event_id,
    actor_id,
    is_public and author_role = 'requester' as is_question,
    is_public and author_role = 'agent' and not is_creating as is_reply,
    is_public and author_role = 'bot' and not is_creating as is_bot_reply,
    not is_public and author_role <> 'system' as is_note
from marked
