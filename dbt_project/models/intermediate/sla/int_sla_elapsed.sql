-- Elapsed time of each target version from the activation of its instance, in the hours of its target, and
-- whether that passed the target (A20, A23). An open row is read at as_of.
with versions as (
    select * from {{ ref('int_sla_versions') }}
),

uncovered as (
    select * from {{ ref('int_ticket_uncovered') }}
),

measured as (
    select
        versions.*,
        case
            when versions.hours = 'business' then {{ by_metric_class('versions.metric', 'starting', suffix='_open_us') }}
            else {{ by_metric_class('versions.metric', 'starting', suffix='_calendar_us') }}
        end as start_running_us,
        case
            when versions.hours = 'business' then {{ by_metric_class('versions.metric', 'ending', suffix='_open_us') }}
            else {{ by_metric_class('versions.metric', 'ending', suffix='_calendar_us') }}
        end as end_running_us,
        -- a ticket that always had a schedule has no rows there
        coalesce({{ by_metric_class('versions.metric', 'starting_uncovered', suffix='_uncovered_us') }}, 0) as start_uncovered_us,
        coalesce({{ by_metric_class('versions.metric', 'ending_uncovered', suffix='_uncovered_us') }}, 0) as end_uncovered_us,
        {{ by_metric_class('versions.metric', 'ending', prefix='runs_') }} as is_running,
        ending.clock_id,
        ending.clock_open_us
    from versions
    inner join {{ ref('int_ticket_timeline') }} as starting
        on versions.ticket_no = starting.ticket_no and versions.start_tick = starting.tick
    inner join {{ ref('int_ticket_timeline') }} as ending
        on versions.ticket_no = ending.ticket_no and coalesce(versions.end_tick, {{ as_of_tick() }}) = ending.tick
    left join uncovered as starting_uncovered
        on versions.ticket_no = starting_uncovered.ticket_no and versions.start_tick = starting_uncovered.tick
    left join uncovered as ending_uncovered
        on versions.ticket_no = ending_uncovered.ticket_no
        and coalesce(versions.end_tick, {{ as_of_tick() }}) = ending_uncovered.tick
)

select
    *,
    end_running_us - start_running_us as elapsed_us,
    end_running_us - start_running_us > target_us as is_over_target,
    hours = 'business' and end_uncovered_us > start_uncovered_us as lacks_schedule
from measured
