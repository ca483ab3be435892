{{ config(materialized='incremental', incremental_strategy='changed_tickets', on_schema_change='append_new_columns',
    post_hook="{{ remeasure_last_segments() }}") }}
-- depends_on: {{ ref('int_build_scope') }}, {{ ref('int_backlog_before') }}
with segments as (
    select * from {{ ref('int_ticket_segments') }}
),

tickets as (
    select * from {{ ref('int_tickets') }}
)

select
    {{ surrogate_key(['tickets.ticket_key', 'segments.segment_no']) }} as segment_key,
    tickets.ticket_key,
    {{ decoded('tickets.source_id') }} as source_id,
    tickets.ticket_id,
    {{ instant('segments.from_us') }} as valid_from,
    {{ instant('segments.to_us') }} as valid_to,
    segments.segment_no,
    {{ decoded('segments.category') }} as status_category,
    {{ decoded('segments.status') }} as status,
    {{ decoded('segments.priority') }} as priority,
    {{ decoded('segments.line_of_business') }} as line_of_business,
    {{ decoded('segments.group_id') }} as group_id,
    {{ decoded('segments.assignee_id') }} as assignee_id,
    {{ decoded('segments.tier') }} as tier,
    {{ decoded('segments.vendor') }} as vendor,
    {{ decoded('segments.schedule_id') }} as schedule_id,
    segments.is_deleted,
    {{ seconds('segments.calendar_us') }} as seconds_calendar,
    case when not segments.lacks_schedule then {{ seconds('segments.open_us') }} end as seconds_business
from segments
inner join tickets on segments.ticket_no = tickets.ticket_no
