{{ config(materialized='view') }}
-- Tickets that count, in the week they came in and the week they were resolved.
select
    tickets.source_id,
    tickets.ticket_key,
    created_days.week_start_date as created_week_date,
    resolved_days.week_start_date as resolved_week_date,
    tickets.line_of_business,
    tickets.language,
    tickets.contact_reason,
    tickets.is_minor,
    tickets.full_resolution_seconds_calendar,
    tickets.full_resolution_seconds_business
from {{ ref('fct_tickets') }} as tickets
{{ join_site_day('created_days', micros('tickets.created_at')) }}
{{ join_site_day(
    'resolved_days',
    "case when tickets.status_category in ('solved', 'closed') then " ~ micros('tickets.last_solved_at') ~ " end",
    type='left'
) }}
where not tickets.is_excluded
