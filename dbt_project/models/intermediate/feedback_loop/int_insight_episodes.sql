-- Weeks in which a pattern stands out, joined to episodes: within insight_episode_gap_weeks of the one before, it is
-- the same thing still going on.
with detections as (
    select * from {{ ref('int_insight_detections') }}
),

marked as (
    select
        *,
        case
            when week_no - lag(week_no) over (partition by pattern_key order by week_no) <= {{ var('insight_episode_gap_weeks') }} then 0
            else 1
        end as begins
    from detections
),

numbered as (
    select
        *,
        sum(begins) over (partition by pattern_key order by week_no rows between unbounded preceding and current row) as episode_no
    from marked
)

select
    numbered.*,
    min(week_no) over (partition by pattern_key, episode_no) as first_week_no,
    max(week_no) over (partition by pattern_key, episode_no) as last_week_no
from numbered
