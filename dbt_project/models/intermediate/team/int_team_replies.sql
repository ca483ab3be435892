-- Replies on tickets that count, in the week they were sent.
with homes as (
    {{ agent_homes() }}
)

select
    replies.source_id,
    replies.ticket_key,
    {{ micros('replies.replied_at') }} as at_us,
    site_days.week_start_date,
    tickets.line_of_business,
    tickets.language,
    replies.tier,
    replies.vendor,
    homes.agent_source_id,
    replies.agent_id,
    tickets.is_minor,
    replies.is_first_reply,
    replies.macro_id is not null as is_from_macro,
    replies.reply_seconds_calendar,
    replies.reply_seconds_business,
    case when replies.is_first_reply then tickets.first_reply_seconds_calendar end as first_reply_seconds_calendar,
    case when replies.is_first_reply then tickets.first_reply_seconds_business end as first_reply_seconds_business
from {{ ref('fct_replies') }} as replies
inner join {{ ref('fct_tickets') }} as tickets on replies.ticket_key = tickets.ticket_key and not tickets.is_excluded
inner join homes on replies.source_id = homes.source_id
{{ join_site_day('site_days', micros('replies.replied_at')) }}
