-- The days of the site's calendar, cut at UTC midnights so that an instant finds its day by one equi-join
-- (join_site_day). A day begins where its midnight first shows on the wall clock; a date the zone skipped is none.
-- They begin a week early, so that the Monday of the first week is among them.
with clock_horizon as (
    select * from {{ ref('int_clock_horizon') }}
),

-- records that need a day but no clock may be older than the first ticket
first_instants as (
    select min(sent_at) as first_at from {{ ref('int_csat_responses__unioned') }}
    union all
    select min(reviewed_at) from {{ ref('stg_canonical__quality_reviews') }}
    union all
    select min(decided_at) from {{ ref('int_decisions__unioned') }}
    union all
    select min(posted_at) from {{ ref('int_voice_items__unioned') }}
    union all
    select min(starts_at) from {{ ref('stg_canonical__agent_shifts') }}
),

horizon as (
    select
        least(
            clock_horizon.first_day,
            coalesce((select min({{ day_number(micros('first_at')) }}) from first_instants) - 3, clock_horizon.first_day)
        ) - 7 as first_day,
        clock_horizon.last_day
    from clock_horizon
),

dates as (
    {{ integer_series('(select first_day from horizon)', '(select last_day from horizon)', 'date_no') }}
),

midnights as (
    select date_no, date_no * {{ us_per_day() }} as wall_us from dates
),

offsets as (
    select * from {{ ref('stg_site__timezone_offsets') }} where timezone = '{{ var('site_timezone') }}'
),

starts as (
    select midnights.date_no, min({{ first_occurrence('midnights.wall_us') }}) as from_us
    from midnights
    inner join offsets
        on offsets.utc_to_us > midnights.wall_us - 2 * {{ us_per_day() }}
        and offsets.utc_from_us < midnights.wall_us + 2 * {{ us_per_day() }}
    group by 1
),

days as (
    select date_no, from_us, lead(from_us) over (order by date_no) as to_us from starts
),

parts as (
    {{ integer_series('0', '2', 'part_no') }}
),

pieces as (
    select
        days.*,
        {{ day_number('days.from_us') }} + parts.part_no as utc_day_no
    from days
    cross join parts
    where days.from_us < days.to_us
)

select
    utc_day_no,
    date_no,
    {{ date_of_number('date_no') }} as site_date,
    -- 1970-01-01 was a Thursday
    {{ date_of_number('date_no - (date_no + 3) % 7') }} as week_start_date,
    cast({{ dbt.date_trunc('month', date_of_number('date_no')) }} as date) as month_start_date,
    from_us,
    to_us
from pieces
where utc_day_no <= {{ day_number('to_us - 1') }}
