-- The weeks of each source's contacts without gaps, from its first contact to as_of.
with site_weeks as (
    select
        week_start_date,
        min(from_us) as from_us,
        max(to_us) as to_us,
        count(distinct site_date) as day_count
    from {{ ref('int_site_days') }}
    group by 1
),

contacts as (
    select
        source_id,
        {{ micros('created_at') }} as created_us
    from {{ ref('fct_tickets') }}
    where not is_excluded
),

firsts as (
    select source_id, min(created_us) as first_us from contacts group by 1
),

weeks as (
    select
        firsts.source_id,
        site_weeks.week_start_date,
        site_weeks.from_us,
        site_weeks.to_us,
        site_weeks.to_us <= {{ as_of_us() }} as has_ended,
        -- how much of the first week the source covers, nobody knows
        site_weeks.from_us <= firsts.first_us as is_first_week
    from firsts
    inner join site_weeks
        on site_weeks.to_us > firsts.first_us
        and site_weeks.from_us < {{ as_of_us() }}
)

select
    source_id,
    week_start_date,
    {{ week_number('week_start_date') }} as week_no,
    from_us,
    to_us,
    has_ended as is_complete_week,
    is_first_week
from weeks
