-- The cumulative clock. Each piece is a stretch of one UTC day in which a clock is open or shut throughout:
-- open time since the horizon at an instant t of the piece = open_before_us + (t - from_us if open).
with horizon as (
    select * from {{ ref('int_clock_horizon') }}
),

clocks as (
    select * from {{ ref('int_clocks') }}
),

hours as (
    select * from {{ ref('int_schedule_hours') }}
),

validity as (
    select source_id, schedule_id, valid_from_us as from_us, valid_to_us as to_us
    from {{ ref('int_schedule_rows') }}
    where valid_from_us < valid_to_us
),

defaults as (
    select * from {{ ref('int_default_schedules') }} where schedule_id is not null
),

-- the default clock is, at each instant, the schedule that is the default then
open_spans as (
    select clocks.clock_id, hours.from_us, hours.to_us
    from clocks
    inner join hours on clocks.source_id = hours.source_id and clocks.schedule_id = hours.schedule_id
    union all
    select
        clocks.clock_id,
        greatest(hours.from_us, defaults.valid_from_us),
        least(hours.to_us, defaults.valid_to_us)
    from clocks
    inner join defaults on clocks.source_id = defaults.source_id and clocks.schedule_id is null
    inner join hours
        on defaults.source_id = hours.source_id
        and defaults.schedule_id = hours.schedule_id
        and hours.from_us < defaults.valid_to_us
        and defaults.valid_from_us < hours.to_us
),

covered_spans as (
    select clocks.clock_id, validity.from_us, validity.to_us
    from clocks
    inner join validity on clocks.source_id = validity.source_id and clocks.schedule_id = validity.schedule_id
    union all
    select clocks.clock_id, defaults.valid_from_us, defaults.valid_to_us
    from clocks
    inner join defaults on clocks.source_id = defaults.source_id and clocks.schedule_id is null
),

bounds as (
    select first_day * {{ us_per_day() }} as first_us, (last_day + 1) * {{ us_per_day() }} as last_us from horizon
),

day_starts as (
    {{ integer_series('(select first_day from horizon)', '(select last_day + 1 from horizon)', 'day_no') }}
),

all_clocks as (
    select clock_id from clocks
    union all
    -- clock 0 stands for a schedule nobody declared: never covered
    select 0
),

edges as (
    select clock_id, from_us as at_us, 1 as opens, 0 as covers from open_spans
    union all
    select clock_id, to_us, -1, 0 from open_spans
    union all
    select clock_id, from_us, 0, 1 from covered_spans
    union all
    select clock_id, to_us, 0, -1 from covered_spans
    union all
    select all_clocks.clock_id, day_starts.day_no * {{ us_per_day() }}, 0, 0
    from all_clocks
    cross join day_starts
),

-- what was open before the horizon counts from its first instant
clipped as (
    select
        edges.clock_id,
        greatest(edges.at_us, bounds.first_us) as at_us,
        sum(edges.opens) as opens,
        sum(edges.covers) as covers
    from edges
    cross join bounds
    where edges.at_us <= bounds.last_us
    group by 1, 2
),

pieces as (
    select
        clock_id,
        at_us as from_us,
        lead(at_us) over by_clock as to_us,
        sum(opens) over so_far > 0 as is_open,
        sum(covers) over so_far > 0 as is_covered
    from clipped
    window
        by_clock as (partition by clock_id order by at_us),
        so_far as (partition by clock_id order by at_us rows between unbounded preceding and current row)
)

select
    clock_id,
    {{ day_number('from_us') }} as day_no,
    from_us,
    to_us,
    is_open,
    is_covered,
    cast(coalesce(sum(case when is_open then to_us - from_us else 0 end) over earlier, 0) as bigint) as open_before_us,
    cast(coalesce(sum(case when is_covered then 0 else to_us - from_us end) over earlier, 0) as bigint) as uncovered_before_us
from pieces
where to_us is not null
window earlier as (partition by clock_id order by from_us rows between unbounded preceding and 1 preceding)
