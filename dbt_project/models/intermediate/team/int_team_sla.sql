-- SLA instances that count for attainment - final, met or breached, of tickets that count - in the week they count
-- in (as agg_sla_daily, A45), with who held the ticket at the end (A26).
with homes as (
    {{ agent_homes() }}
),

outcomes as (
    select *, {{ micros('coalesce(ended_at, breached_at)') }} as at_us
    from {{ ref('fct_ticket_sla') }}
    where is_final and status in ('met', 'breached')
)

select
    outcomes.source_id,
    outcomes.ticket_key,
    outcomes.at_us,
    site_days.week_start_date,
    outcomes.metric,
    outcomes.line_of_business,
    outcomes.language,
    outcomes.tier,
    outcomes.vendor,
    homes.agent_source_id,
    outcomes.assignee_id as agent_id,
    tickets.is_minor,
    outcomes.status = 'met' as is_met
from outcomes
inner join {{ ref('fct_tickets') }} as tickets on outcomes.ticket_key = tickets.ticket_key and not tickets.is_excluded
inner join homes on outcomes.source_id = homes.source_id
{{ join_site_day('site_days', 'outcomes.at_us') }}
