{{ config(materialized='incremental', incremental_strategy='changed_tickets', on_schema_change='append_new_columns') }}
-- depends_on: {{ ref('int_build_scope') }}
with tickets as (
    select * from {{ ref('int_tickets') }}
),

-- a question waits for the next reply, whatever happens to the status meanwhile (A47)
numbered as (
    select
        timeline.ticket_no,
        timeline.tick,
        timeline.at_us,
        timeline.kind,
        timeline.life_open_us,
        uncovered.life_uncovered_us,
        sum(case when timeline.kind = 'reply' then 1 else 0 end) over (
            partition by timeline.ticket_no order by timeline.tick rows between unbounded preceding and current row
        ) + case when timeline.kind = 'reply' then 0 else 1 end as reply_no
    from {{ ref('int_ticket_timeline') }} as timeline
    left join {{ ref('int_ticket_uncovered') }} as uncovered
        on timeline.ticket_no = uncovered.ticket_no and timeline.tick = uncovered.tick
    where timeline.kind in ('reply', 'question')
),

-- all of these grow from row to row: the least is the first question's
answered as (
    select
        ticket_no,
        cast(reply_no as int) as reply_no,
        max(case when kind = 'reply' then tick end) as reply_tick,
        max(case when kind = 'reply' then at_us end) as at_us,
        min(case when kind = 'question' then at_us end) as responds_to_us,
        max(case when kind = 'reply' then life_open_us end) - min(case when kind = 'question' then life_open_us end) as open_us,
        coalesce(
            max(case when kind = 'reply' then life_uncovered_us end) > min(case when kind = 'question' then life_uncovered_us end), false
        ) as lacks_schedule
    from numbered
    group by 1, 2
),

replies as (
    select
        tickets.ticket_key,
        tickets.source_id,
        tickets.ticket_id,
        answered.*,
        messages.event_id,
        messages.actor_id,
        coalesce(messages.event_no = activations.first_reply_event_no, false) as is_first_reply
    from answered
    inner join {{ ref('int_ticket_messages') }} as messages
        on answered.ticket_no = messages.ticket_no and answered.reply_tick = messages.event_no * 2
    inner join tickets on answered.ticket_no = tickets.ticket_no
    inner join {{ ref('int_ticket_activations') }} as activations on answered.ticket_no = activations.ticket_no
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

agent_versions as (
    select
        {{ coded('source_id') }} as source_id,
        {{ coded('agent_id') }} as agent_id,
        {{ coded('tier') }} as tier,
        {{ coded('vendor') }} as vendor,
        is_on_roster,
        valid_from_us,
        valid_to_us
    from {{ ref('int_agent_versions') }}
),

measured as (
    select
        replies.*,
        coalesce(versions.is_on_roster, false) as is_on_roster,
        versions.tier,
        versions.vendor,
        macros.macro_id
    from replies
    left join agent_versions as versions
        on replies.source_id = versions.source_id
        and replies.actor_id = versions.agent_id
        and versions.valid_from_us <= replies.at_us
        and replies.at_us < versions.valid_to_us
    left join macros
        on replies.ticket_no = macros.ticket_no
        and replies.at_us = macros.at_us
        and replies.actor_id = macros.actor_id
        and macros.macro_no = 1
),

-- A28: whoever was on no roster then counts under the group that held the ticket
off_roster as (
    select measured.ticket_no, measured.reply_no, groups.tier, groups.vendor
    from measured
    inner join {{ ref('int_ticket_intervals') }} as intervals
        on measured.ticket_no = intervals.ticket_no
        and intervals.from_us <= measured.at_us
        and measured.at_us < intervals.to_us
    inner join {{ ref('int_groups') }} as groups
        on measured.source_id = groups.source_id and intervals.group_id = groups.group_id
    where not measured.is_on_roster
)

select
    {{ surrogate_key(['measured.source_id', 'measured.event_id']) }} as reply_key,
    measured.ticket_key,
    {{ decoded('measured.source_id') }} as source_id,
    measured.ticket_id,
    measured.event_id,
    {{ instant('measured.at_us') }} as replied_at,
    measured.reply_no,
    {{ decoded('measured.actor_id') }} as agent_id,
    case when measured.is_on_roster then {{ decoded('measured.tier') }} else off_roster.tier end as tier,
    case when measured.is_on_roster then {{ decoded('measured.vendor') }} else off_roster.vendor end as vendor,
    {{ instant('measured.responds_to_us') }} as responds_to_at,
    {{ seconds('measured.at_us - measured.responds_to_us') }} as reply_seconds_calendar,
    case when not measured.lacks_schedule then {{ seconds('measured.open_us') }} end as reply_seconds_business,
    measured.is_first_reply,
    {{ decoded('measured.macro_id') }} as macro_id
from measured
left join off_roster on measured.ticket_no = off_roster.ticket_no and measured.reply_no = off_roster.reply_no
