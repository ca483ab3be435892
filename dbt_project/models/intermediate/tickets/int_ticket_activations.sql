-- Where a ticket's first-reply clock is activated (SEMANTICS 2, A10), and its first reply after that. Public
-- tickets submitted by a requester, or by a machine on their behalf, activate at creation; others at the
-- requester's first public message; activation_event_no null = never.
with messages as (
    select
        ticket_no,
        min(case when is_question then event_no end) as first_question_no,
        max(case when is_question then event_no end) as last_question_no
    from {{ ref('int_ticket_messages') }}
    group by 1
),

activations as (
    select
        tickets.ticket_no,
        case
            when tickets.submitter_role in ('requester', 'system', 'bot') and tickets.is_public then 0
            else messages.first_question_no
        end as activation_event_no,
        messages.last_question_no
    from {{ ref('int_tickets') }} as tickets
    left join messages on tickets.ticket_no = messages.ticket_no
),

first_replies as (
    select activations.ticket_no, min(replies.event_no) as first_reply_event_no, min(replies.at_us) as first_replied_us
    from activations
    inner join {{ ref('int_ticket_messages') }} as replies
        on activations.ticket_no = replies.ticket_no
        and replies.is_reply
        and replies.event_no > activations.activation_event_no
    group by 1
)

select
    activations.ticket_no,
    activations.activation_event_no,
    first_replies.first_reply_event_no,
    first_replies.first_replied_us,
    -- the requester had nothing more to say once answered (A11)
    coalesce(activations.last_question_no > first_replies.first_reply_event_no, false) as has_question_after_first_reply
from activations
left join first_replies on activations.ticket_no = first_replies.ticket_no
