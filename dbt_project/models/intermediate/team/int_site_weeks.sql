{{ config(materialized='view') }}
-- Weeks of the site's calendar that began by as_of. The state at the end of a week is that of the last microsecond
-- before end_us; the week that still runs ends right after as_of.
select
    min(date_no) as first_date_no,
    cast(floor((min(date_no) + 3) / 7e0) as int) as week_no,
    week_start_date,
    min(from_us) as from_us,
    max(to_us) as to_us,
    least(max(to_us), {{ as_of_us() }} + 1) as end_us
from {{ ref('int_site_days') }}
group by week_start_date
having min(from_us) <= {{ as_of_us() }}
