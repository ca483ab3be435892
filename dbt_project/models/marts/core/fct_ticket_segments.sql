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
    tickets.source_id,
    tickets.ticket_id,
    {{ instant('segments.from_us') }} as valid_from,
    {{ instant('segments.to_us') }} as valid_to,
    segments.segment_no,
    segments.category as status_category,
    segments.status,
    segments.priority,
    segments.line_of_business,
    segments.group_id,
    segments.assignee_id,
    segments.tier,
    segments.vendor,
    segments.schedule_id,
    segments.is_deleted,
    {{ seconds('segments.calendar_us') }} as seconds_calendar,
    case when not segments.lacks_schedule then {{ seconds('segments.open_us') }} end as seconds_business
from segments
inner join tickets on segments.ticket_no = tickets.ticket_no
