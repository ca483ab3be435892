with tickets as (
    select * from {{ ref('fct_tickets') }}
    where status_category in ('new', 'open', 'pending', 'on_hold') and not is_excluded
),

current_segments as (
    select ticket_key, tier, vendor from {{ ref('fct_ticket_segments') }} where valid_to is null
),

open_clocks as (
    select
        sla.*,
        row_number() over (
            partition by sla.ticket_key, sla.status
            order by case when sla.due_at is null then 1 else 0 end, sla.due_at, sla.metric, sla.instance_no
        ) as place_no
    from {{ ref('fct_ticket_sla') }} as sla
    inner join tickets on sla.ticket_key = tickets.ticket_key
    where sla.ended_at is null
),

clock_counts as (
    select
        ticket_key,
        count(case when status = 'active' then 1 end) as active_clock_count,
        count(case when status = 'paused' then 1 end) as paused_clock_count,
        count(case when status = 'breached' then 1 end) as breached_clock_count
    from open_clocks
    group by 1
),

next_due as (
    select * from open_clocks where status = 'active' and place_no = 1 and due_at is not null
),

first_breached as (
    select * from open_clocks where status = 'breached' and place_no = 1
),

measured as (
    select
        tickets.*,
        current_segments.tier,
        current_segments.vendor,
        coalesce(clock_counts.active_clock_count, 0) as active_clock_count,
        coalesce(clock_counts.paused_clock_count, 0) as paused_clock_count,
        coalesce(clock_counts.breached_clock_count, 0) as breached_clock_count,
        next_due.metric as next_due_metric,
        next_due.policy_id as next_due_policy_id,
        next_due.target_seconds as next_due_target_seconds,
        next_due.elapsed_seconds as next_due_elapsed_seconds,
        next_due.due_at,
        {{ seconds(micros('next_due.due_at') ~ ' - ' ~ as_of_us()) }} as seconds_to_breach,
        first_breached.metric as first_breached_metric,
        first_breached.breached_at as first_breached_at
    from tickets
    inner join current_segments on tickets.ticket_key = current_segments.ticket_key
    left join clock_counts on tickets.ticket_key = clock_counts.ticket_key
    left join next_due on tickets.ticket_key = next_due.ticket_key
    left join first_breached on tickets.ticket_key = first_breached.ticket_key
),

banded as (
    select
        *,
        case
            when seconds_to_breach < {{ var('queue_critical_seconds') }} then 'critical'
            when seconds_to_breach < {{ var('queue_at_risk_seconds') }} then 'at_risk'
            when seconds_to_breach is not null then 'on_track'
        end as next_risk_band
    from measured
)

select
    ticket_key,
    source_id,
    ticket_id,
    created_at,
    channel,
    line_of_business,
    contact_reason,
    market,
    language,
    priority,
    status_category,
    status,
    group_id,
    assignee_id,
    tier,
    vendor,
    -- A29
    case
        when status_category = 'pending' then 'requester'
        when assignee_id is null then 'queue'
        else coalesce(tier, 'T1')
    end as holder,
    next_due_metric,
    due_at,
    seconds_to_breach,
    case
        when breached_clock_count > 0 then 'breached'
        when next_risk_band is not null then next_risk_band
        when active_clock_count > 0 then 'not_projected'
        when paused_clock_count > 0 then 'paused'
        else 'no_clock'
    end as risk_band,
    next_risk_band,
    next_due_policy_id,
    next_due_target_seconds,
    next_due_elapsed_seconds,
    active_clock_count,
    paused_clock_count,
    breached_clock_count,
    first_breached_metric,
    first_breached_at,
    age_seconds_calendar,
    age_seconds_business
from banded
