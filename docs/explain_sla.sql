-- How a row of fct_ticket_sla came about, on the published file. Change the five values, then run the whole file.
set timezone = 'UTC';
set variable source = 'helpdesk';
set variable ticket = 'T00006077';
set variable metric = 'agent_work';
set variable instance = 1;
set variable version = 2;

with as_of as (
    select max(as_of) as as_of from marts.publication
),

sla as (
    select fct_ticket_sla.*, coalesce(ended_at, as_of) as measured_to
    from marts.fct_ticket_sla, as_of
    where source_id = getvariable('source') and ticket_id = getvariable('ticket')
        and metric = getvariable('metric')
        and instance_no = getvariable('instance') and version_no = getvariable('version')
),

-- the ticket's intervals, cut to the life of the row
pieces as (
    select
        sla.*,
        segments.status_category, segments.is_deleted, segments.schedule_id,
        coalesce(segments.assignee_id, 'queue') as holder,
        greatest(segments.valid_from, sla.activated_at) as starts_at,
        least(coalesce(segments.valid_to, sla.measured_to), sla.measured_to) as stops_at,
        segments.seconds_calendar as whole_seconds_calendar,
        segments.seconds_business as whole_seconds_business,
        -- in which states the clock of the metric runs
        not segments.is_deleted and (
            sla.metric in ('first_reply', 'next_reply')
            or segments.status_category in ('new', 'open')
            or segments.status_category = 'on_hold' and sla.metric <> 'agent_work'
            or segments.status_category = 'pending' and sla.metric in ('periodic_update', 'total_resolution')
        ) as runs
    from sla
    inner join marts.fct_ticket_segments as segments on sla.ticket_key = segments.ticket_key
    where segments.valid_from < sla.measured_to
        and coalesce(segments.valid_to, sla.measured_to) > sla.activated_at
),

measured as (
    select
        *,
        epoch_us(stops_at) - epoch_us(starts_at) as piece_us,
        (epoch_us(stops_at) - epoch_us(starts_at)) / 1e6 = whole_seconds_calendar as is_whole_segment
    from pieces
),

steps as (
    select activated_at as happened_at, 1 as step_no, 'clock of instance ' || instance_no || ' starts' as what from sla
    union all
    select applied_at, 2, format('version {} applies: policy {}, priority {}, {:.0f} {} seconds',
        version_no, policy_id, coalesce(priority, 'none'), target_seconds, hours) from sla
    union all
    select starts_at, 3, format('{}{}, held by {}: {}, {:.0f} calendar seconds{}{}',
        status_category, case when is_deleted then ' (deleted)' else '' end, holder,
        case when runs then 'runs' else 'paused' end, piece_us / 1e6,
        case when not is_whole_segment then ' of a longer interval'
            when whole_seconds_business is not null then format(', {:.0f} business', whole_seconds_business)
            else '' end,
        ', schedule ' || coalesce(schedule_id, 'none'))
    from measured
    union all
    select replies.replied_at, 4, format('reply {} by {}', reply_no, coalesce(agent_id, 'unknown'))
    from marts.fct_replies as replies
    inner join sla on replies.ticket_key = sla.ticket_key
        and replies.replied_at between sla.activated_at and sla.measured_to
    union all
    select breached_at, 5, format('the target of {:.0f} seconds is used up: breached', target_seconds)
    from sla where is_breached
    union all
    select measured_to, 6, format('{}: {} seconds elapsed, {}', coalesce(end_reason, 'as_of'),
        coalesce(format('{:.0f}', elapsed_seconds), 'unknown (no schedule)'), status) from sla
)

select happened_at, what from steps order by happened_at, step_no;
