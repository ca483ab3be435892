{{ config(materialized='view') }}
-- Internal complaints with the line of business of the ticket they hang on; those that hang on none have none. Counted
-- in the week of submission, and in the week the complainant was told.
select
    coalesce(tickets.source_id, appeals.source_id) as source_id,
    tickets.line_of_business,
    coalesce(appeals.ticket_key, appeals.appeal_key) as ticket_key,
    coalesce(appeals.is_minor, tickets.is_minor) as is_minor,
    submitted_days.week_start_date as submitted_week_date,
    ended_days.week_start_date as ended_week_date,
    appeals.is_decided,
    appeals.is_reversed
from {{ ref('fct_appeals') }} as appeals
left join {{ ref('fct_tickets') }} as tickets on appeals.ticket_key = tickets.ticket_key
{{ join_site_day('submitted_days', micros('appeals.submitted_at')) }}
{{ join_site_day(
    'ended_days',
    "case when appeals.is_decided then " ~ micros('coalesce(appeals.notified_at, appeals.decided_at)') ~ " end",
    type='left'
) }}
where appeals.body = 'internal' and not coalesce(tickets.is_excluded, false)
