{{ config(materialized='incremental', incremental_strategy='changed_tickets', on_schema_change='append_new_columns') }}
-- depends_on: {{ ref('int_build_scope') }}
with tickets as (
    select * from {{ ref('int_tickets') }}
),

messages as (
    select * from {{ ref('int_ticket_messages') }} where is_reply or is_question
),

-- a question waits for the next reply, whatever happens to the status meanwhile (A47)
numbered as (
    select
        *,
        sum(case when is_reply then 1 else 0 end) over (
            partition by ticket_no order by event_no rows between unbounded preceding and current row
        ) - case when is_reply then 1 else 0 end as replies_before
    from messages
),

waiting as (
    select ticket_no, replies_before, min(event_no) as event_no from numbered
    where is_question
    group by 1, 2
),

replies as (
    select *, cast(replies_before + 1 as int) as reply_no from numbered where is_reply
),

macros as (
    select
        events.ticket_no,
        events.at_us,
        events.actor_id,
        events.value as macro_id,
        row_number() over (
            partition by events.ticket_no, events.at_us, events.actor_id order by events.event_no
        ) as macro_no
    from {{ ref('int_ticket_events') }} as events
    where events.kind = 'macro' and not events.is_future
),

timeline as (
    select ticket_no, tick, at_us, life_open_us, life_uncovered_us from {{ ref('int_ticket_timeline') }}
    where kind in ('reply', 'question')
),

measured as (
    select
        tickets.ticket_key,
        tickets.source_id,
        tickets.ticket_id,
        replies.event_id,
        replies.at_us,
        replies.reply_no,
        replies.actor_id,
        case when versions.is_on_roster then versions.tier else groups.tier end as tier,
        case when versions.is_on_roster then versions.vendor else groups.vendor end as vendor,
        question.at_us as responds_to_us,
        answer.life_open_us - question.life_open_us as open_us,
        answer.life_uncovered_us > question.life_uncovered_us as lacks_schedule,
        coalesce(replies.event_no = activations.first_reply_event_no, false) as is_first_reply,
        macros.macro_id
    from replies
    inner join tickets on replies.ticket_no = tickets.ticket_no
    inner join {{ ref('int_ticket_activations') }} as activations on replies.ticket_no = activations.ticket_no
    inner join {{ ref('int_ticket_intervals') }} as intervals
        on replies.ticket_no = intervals.ticket_no
        and intervals.from_us <= replies.at_us
        and replies.at_us < intervals.to_us
    left join waiting on replies.ticket_no = waiting.ticket_no and replies.replies_before = waiting.replies_before
    left join timeline as question on waiting.ticket_no = question.ticket_no and waiting.event_no * 2 = question.tick
    left join timeline as answer on replies.ticket_no = answer.ticket_no and replies.event_no * 2 = answer.tick
    left join {{ ref('int_agent_versions') }} as versions
        on tickets.source_id = versions.source_id
        and replies.actor_id = versions.agent_id
        and versions.valid_from_us <= replies.at_us
        and replies.at_us < versions.valid_to_us
    left join {{ ref('int_groups') }} as groups
        on tickets.source_id = groups.source_id and intervals.group_id = groups.group_id
    left join macros
        on replies.ticket_no = macros.ticket_no
        and replies.at_us = macros.at_us
        and replies.actor_id = macros.actor_id
        and macros.macro_no = 1
)

select
    {{ surrogate_key(['source_id', 'event_id']) }} as reply_key,
    ticket_key,
    source_id,
    ticket_id,
    event_id,
    {{ instant('at_us') }} as replied_at,
    reply_no,
    actor_id as agent_id,
    tier,
    vendor,
    {{ instant('responds_to_us') }} as responds_to_at,
    {{ seconds('at_us - responds_to_us') }} as reply_seconds_calendar,
    case when not lacks_schedule then {{ seconds('open_us') }} end as reply_seconds_business,
    is_first_reply,
    macro_id
from measured
