-- Open intervals of each schedule in UTC, all versions in one time line, disjoint and merged.
with horizon as (
    select * from {{ ref('int_clock_horizon') }}
),

schedule_rows as (
    select * from {{ ref('int_schedule_rows') }} where weekday is not null
),

local_dates as (
    {{ integer_series('(select first_day from horizon)', '(select last_day from horizon)', 'day_no') }}
),

-- 1970-01-01 was a Thursday; weekday 1 = Monday
windows as (
    select
        schedule_rows.source_id,
        schedule_rows.schedule_id,
        schedule_rows.timezone,
        schedule_rows.valid_from_us,
        schedule_rows.valid_to_us,
        local_dates.day_no * {{ us_per_day() }} + schedule_rows.opens_at_us as opens_wall_us,
        local_dates.day_no * {{ us_per_day() }} + schedule_rows.closes_at_us as closes_wall_us
    from local_dates
    inner join schedule_rows on (local_dates.day_no + 3) % 7 + 1 = schedule_rows.weekday
),

schedule_zones as (
    select distinct source_id, schedule_id, timezone from schedule_rows
),

holidays as (
    select
        schedule_zones.source_id,
        schedule_zones.schedule_id,
        schedule_zones.timezone,
        {{ micros('cast(starts_on as timestamp)') }} + coalesce({{ hhmm_to_us('starts_at') }}, 0) as starts_wall_us,
        {{ micros('cast(ends_on as timestamp)') }}
        + coalesce({{ hhmm_to_us('ends_at') }}, {{ us_per_day() }}) as ends_wall_us,
        coalesce({{ hhmm_to_us('ends_at') }}, {{ us_per_day() }}) = {{ us_per_day() }} as ends_with_date
    from schedule_zones
    inner join ({{ as_seen_by_sources('stg_canonical__holidays', 'schedule_id') }}) as holiday_rows
        on schedule_zones.source_id = holiday_rows.consumer_id
        and schedule_zones.schedule_id = holiday_rows.schedule_id
),

offsets as (
    select * from {{ ref('stg_site__timezone_offsets') }}
),

-- Wall time to UTC against the offsets near it. An ambiguous opening is its first occurrence, an ambiguous
-- closing its second; a wall time that does not exist is the switch itself (A38). A window is cut to the
-- validity of its row, also one that opened before it (A34).
open_spans as (
    select
        windows.source_id,
        windows.schedule_id,
        windows.timezone,
        greatest(min({{ first_occurrence('windows.opens_wall_us') }}), windows.valid_from_us) as from_us,
        least(max({{ second_occurrence('windows.closes_wall_us') }}), windows.valid_to_us) as to_us
    from windows
    inner join offsets
        on windows.timezone = offsets.timezone
        and offsets.utc_to_us > windows.opens_wall_us - 2 * {{ us_per_day() }}
        and offsets.utc_from_us < windows.closes_wall_us + 2 * {{ us_per_day() }}
    group by
        windows.source_id, windows.schedule_id, windows.timezone, windows.opens_wall_us,
        windows.closes_wall_us, windows.valid_from_us, windows.valid_to_us
),

-- a holiday runs in the zone of each window's row; a whole date ends where the next begins (A37)
holiday_spans as (
    select
        holidays.source_id,
        holidays.schedule_id,
        holidays.timezone,
        min({{ first_occurrence('holidays.starts_wall_us') }}) as from_us,
        case
            when holidays.ends_with_date then min({{ first_occurrence('holidays.ends_wall_us') }})
            else max({{ second_occurrence('holidays.ends_wall_us') }})
        end as to_us
    from holidays
    inner join offsets
        on holidays.timezone = offsets.timezone
        and offsets.utc_to_us > holidays.starts_wall_us - 2 * {{ us_per_day() }}
        and offsets.utc_from_us < holidays.ends_wall_us + 2 * {{ us_per_day() }}
    group by
        holidays.source_id, holidays.schedule_id, holidays.timezone, holidays.starts_wall_us,
        holidays.ends_wall_us, holidays.ends_with_date
),

edges as (
    select source_id, schedule_id, timezone, from_us as at_us, 1 as opens, 0 as blocks from open_spans where from_us < to_us
    union all
    select source_id, schedule_id, timezone, to_us, -1, 0 from open_spans where from_us < to_us
    union all
    select source_id, schedule_id, timezone, from_us, 0, 1 from holiday_spans where from_us < to_us
    union all
    select source_id, schedule_id, timezone, to_us, 0, -1 from holiday_spans where from_us < to_us
),

depths as (
    select
        source_id,
        schedule_id,
        at_us as from_us,
        lead(at_us) over (partition by source_id, schedule_id, timezone order by at_us) as to_us,
        sum(sum(opens)) over (
            partition by source_id, schedule_id, timezone order by at_us
            rows between unbounded preceding and current row
        ) as open_depth,
        sum(sum(blocks)) over (
            partition by source_id, schedule_id, timezone order by at_us
            rows between unbounded preceding and current row
        ) as blocked_depth
    from edges
    group by source_id, schedule_id, timezone, at_us
),

-- the versions of a schedule may stand in several zones: unite them, touching intervals become one
zone_edges as (
    select source_id, schedule_id, from_us as at_us, 1 as opens from depths where open_depth > 0 and blocked_depth = 0
    union all
    select source_id, schedule_id, to_us, -1 from depths where open_depth > 0 and blocked_depth = 0
),

zone_changes as (
    select source_id, schedule_id, at_us, sum(opens) as opens
    from zone_edges
    group by source_id, schedule_id, at_us
    having sum(opens) <> 0
),

united as (
    select
        source_id,
        schedule_id,
        at_us as from_us,
        lead(at_us) over (partition by source_id, schedule_id order by at_us) as to_us,
        sum(opens) over (
            partition by source_id, schedule_id order by at_us
            rows between unbounded preceding and current row
        ) as open_depth
    from zone_changes
)

select
    source_id,
    schedule_id,
    from_us,
    to_us
from united
where open_depth > 0
