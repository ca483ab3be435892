-- What a complaint's ticket was when the complaint was submitted: by this its SLA policy is found. Line of business,
-- group and priority by the ticket's segments; market and language by their changes (A4); channel and segment are
-- the snapshot's (A17). Reads marts of tickets, since intermediate tables hold the tickets of one build only.
with appeals as (
    select source_id, appeal_id, submitted_us, ticket_source_id, ticket_id
    from {{ ref('int_appeals') }}
    where ticket_id is not null
),

tickets as (
    select * from {{ ref('fct_tickets') }}
),

segments as (
    select * from {{ ref('fct_ticket_segments') }}
),

known as (
    select
        appeals.source_id,
        appeals.appeal_id,
        appeals.ticket_source_id,
        appeals.ticket_id,
        -- a complaint older than its ticket takes the ticket as it was created
        greatest(appeals.submitted_us, {{ micros('tickets.created_at') }}) as at_us,
        tickets.ticket_key,
        tickets.channel,
        tickets.requester_segment,
        tickets.market,
        tickets.language,
        tickets.is_minor
    from appeals
    inner join tickets on appeals.ticket_source_id = tickets.source_id and appeals.ticket_id = tickets.ticket_id
),

changes as (
    select
        known.source_id,
        known.appeal_id,
        events.field,
        events.old_value,
        events.new_value,
        {{ micros('events.occurred_at') }} <= known.at_us as is_before,
        row_number() over (
            partition by known.source_id, known.appeal_id, events.field
            order by events.occurred_at, events.sequence_no, events.event_id
        ) as change_no
    from known
    inner join {{ ref('int_ticket_events__unioned') }} as events
        on known.ticket_source_id = events.source_id
        and known.ticket_id = events.ticket_id
    where events.event_type = 'field_change' and events.field in ('market', 'language')
),

last_changes as (
    select source_id, appeal_id, field, max(change_no) as change_no
    from changes
    where is_before
    group by 1, 2, 3
),

-- the value then: of the last change before it, else what the first change replaced
changed_values as (
    select
        changes.source_id,
        changes.appeal_id,
        changes.field,
        max(case
            when changes.change_no = last_changes.change_no then changes.new_value
            when last_changes.change_no is null and changes.change_no = 1 then changes.old_value
        end) as field_value
    from changes
    left join last_changes
        on changes.source_id = last_changes.source_id
        and changes.appeal_id = last_changes.appeal_id
        and changes.field = last_changes.field
    group by 1, 2, 3
)

select
    known.source_id,
    known.appeal_id,
    segments.line_of_business,
    known.channel,
    case when markets.appeal_id is not null then markets.field_value else known.market end as market,
    case when languages.appeal_id is not null then languages.field_value else known.language end as language,
    known.requester_segment,
    segments.group_id,
    segments.priority,
    known.is_minor
from known
left join segments
    on known.ticket_key = segments.ticket_key
    and {{ micros('segments.valid_from') }} <= known.at_us
    and known.at_us < {{ valid_to_us('segments.valid_to') }}
left join changed_values as markets
    on known.source_id = markets.source_id and known.appeal_id = markets.appeal_id and markets.field = 'market'
left join changed_values as languages
    on known.source_id = languages.source_id and known.appeal_id = languages.appeal_id and languages.field = 'language'
