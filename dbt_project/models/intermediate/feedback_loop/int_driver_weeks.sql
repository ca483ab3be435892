-- The weeks of each source without gaps, from the first with something to count to the one as_of lies in.
with site_weeks as (
    select
        week_start_date,
        min(from_us) as from_us,
        max(to_us) as to_us
    from {{ ref('int_site_days') }}
    group by 1
),

-- a source may have nothing but texts: reviews of an app
counted as (
    select source_id, week_start_date, contact_count from {{ ref('int_driver_counts') }}
    union all
    select source_id, week_start_date, 0 from {{ ref('int_texts') }}
),

firsts as (
    select
        source_id,
        min(week_start_date) as first_week_date,
        min(case when contact_count > 0 then week_start_date end) as first_contact_week_date
    from counted
    group by 1
)

select
    firsts.source_id,
    site_weeks.week_start_date,
    {{ week_number('site_weeks.week_start_date') }} as week_no,
    site_weeks.from_us,
    site_weeks.to_us,
    site_weeks.to_us <= {{ as_of_us() }} as is_complete_week,
    -- how much of its first week a source covers nobody knows; before it nothing is to be expected
    coalesce(site_weeks.week_start_date <= firsts.first_contact_week_date, true) as is_first_week
from firsts
inner join site_weeks
    on site_weeks.week_start_date >= firsts.first_week_date
    and site_weeks.from_us < {{ as_of_us() }}
