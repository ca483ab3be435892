-- The open stretches a row of fct_ticket_sla counted, to the microsecond, from the business clock in the build
-- file (no other process may be writing it). Change the five values, then run the whole file.
set timezone = 'UTC';
set variable source = 'helpdesk';
set variable ticket = 'T00006077';
set variable metric = 'agent_work';
set variable instance = 1;
set variable version = 2;

with sla as (
    select *, coalesce(ended_at, (select make_timestamptz(as_of_us) from intermediate.int_build_state)) as measured_to
    from marts.fct_ticket_sla
    where source_id = getvariable('source') and ticket_id = getvariable('ticket')
        and metric = getvariable('metric')
        and instance_no = getvariable('instance') and version_no = getvariable('version')
),

pieces as (
    select
        sla.source_id, sla.hours, segments.status_category, segments.schedule_id,
        epoch_us(greatest(segments.valid_from, sla.activated_at)) as from_us,
        epoch_us(least(coalesce(segments.valid_to, sla.measured_to), sla.measured_to)) as to_us
    from sla
    inner join marts.fct_ticket_segments as segments on sla.ticket_key = segments.ticket_key
    where segments.valid_from < sla.measured_to
        and coalesce(segments.valid_to, sla.measured_to) > sla.activated_at
        and not segments.is_deleted
        and (
            sla.metric in ('first_reply', 'next_reply')
            or segments.status_category in ('new', 'open')
            or segments.status_category = 'on_hold' and sla.metric <> 'agent_work'
            or segments.status_category = 'pending' and sla.metric in ('periodic_update', 'total_resolution')
        )
),

counted as (
    select status_category, schedule_id, from_us, to_us from pieces where hours = 'calendar'
    union all
    select
        pieces.status_category, pieces.schedule_id,
        greatest(pieces.from_us, days.from_us), least(pieces.to_us, days.to_us)
    from pieces
    inner join intermediate.int_clocks as clocks
        on pieces.source_id = clocks.source_id and pieces.schedule_id = clocks.schedule_id
    inner join intermediate.int_clock_days as days
        on clocks.clock_id = days.clock_id and days.is_open
        and days.from_us < pieces.to_us and days.to_us > pieces.from_us
    where pieces.hours = 'business'
)

select
    make_timestamptz(from_us) as open_from,
    make_timestamptz(to_us) as open_to,
    status_category,
    schedule_id,
    (to_us - from_us) / 1e6 as seconds,
    sum(to_us - from_us) over (order by from_us) / 1e6 as elapsed_seconds
from counted
order by from_us;
