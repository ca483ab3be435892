-- Insights of the scorecards are those of fct_insights; open and overdue in the last week, those of agg_insight_backlog.
with scorecards as (
    select * from {{ ref('agg_lob_scorecard_weekly') }}
),

-- the week of as_of has a row wherever an insight is open
present as (
    select max(week_start_date) as week_start_date from {{ ref('int_site_weeks') }}
),

counted as (
    select
        scorecards.source_id,
        sum(scorecards.insight_raised_count) as raised_count,
        sum(case when scorecards.week_start_date = present.week_start_date then scorecards.insight_open_count else 0 end) as open_count,
        sum(case when scorecards.week_start_date = present.week_start_date then scorecards.insight_overdue_count else 0 end)
            as overdue_count
    from scorecards
    cross join present
    group by 1
),

backlog as (
    select
        source_id,
        sum(insight_count) as raised_count,
        sum(open_count) as open_count,
        sum(overdue_count) as overdue_count
    from {{ ref('agg_insight_backlog') }}
    group by 1
)

select
    coalesce(counted.source_id, backlog.source_id) as source_id,
    counted.raised_count as scorecard_raised_count,
    backlog.raised_count,
    counted.open_count as scorecard_open_count,
    backlog.open_count,
    counted.overdue_count as scorecard_overdue_count,
    backlog.overdue_count
from counted
full join backlog on counted.source_id = backlog.source_id
where coalesce(counted.raised_count, 0) <> coalesce(backlog.raised_count, 0)
    or coalesce(counted.open_count, 0) <> coalesce(backlog.open_count, 0)
    or coalesce(counted.overdue_count, 0) <> coalesce(backlog.overdue_count, 0)
