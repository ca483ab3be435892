-- Tickets open at the end of each week, by the rule of fct_backlog_daily (A46): unsolved and not deleted, merged or
-- spam at that instant, whatever became of them later. Most stretches lie within one week and reach no end of one.
with weeks as (
    select * from {{ ref('int_site_weeks') }}
),

tickets as (
    select
        ticket_key,
        is_minor,
        least(
            coalesce({{ micros('merged_at') }}, {{ end_us() }}), coalesce({{ micros('marked_spam_at') }}, {{ end_us() }})
        ) as left_us
    from {{ ref('fct_tickets') }}
),

stretches as (
    select
        segments.source_id,
        segments.ticket_key,
        segments.line_of_business,
        segments.tier,
        segments.vendor,
        tickets.is_minor,
        {{ micros('segments.valid_from') }} as from_us,
        least(coalesce({{ micros('segments.valid_to') }}, {{ end_us() }}), tickets.left_us, {{ as_of_us() }} + 1) as to_us
    from {{ ref('fct_ticket_segments') }} as segments
    inner join tickets on segments.ticket_key = tickets.ticket_key
    where segments.status_category in ('new', 'open', 'pending', 'on_hold') and not segments.is_deleted
),

placed as (
    select
        stretches.*,
        first_week.week_no as first_week_no,
        last_week.week_no as last_week_no,
        last_week.end_us as last_end_us
    from stretches
    {{ join_site_day('first_day', 'stretches.from_us') }}
    {{ join_site_day('last_day', 'stretches.to_us - 1') }}
    inner join weeks as first_week on first_day.week_start_date = first_week.week_start_date
    inner join weeks as last_week on last_day.week_start_date = last_week.week_start_date
    where stretches.from_us < stretches.to_us
)

select
    placed.source_id,
    placed.line_of_business,
    placed.tier,
    placed.vendor,
    weeks.week_start_date,
    placed.ticket_key,
    placed.is_minor
from placed
inner join weeks
    on placed.first_week_no <= weeks.week_no
    and weeks.week_no <= placed.last_week_no
    and placed.to_us >= weeks.end_us
where placed.first_week_no < placed.last_week_no or placed.to_us = placed.last_end_us
