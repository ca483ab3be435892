-- Which tickets a person had in hand in a week, unsolved, and whether still when the week ended. A holding that spans
-- weeks is split by their numbers; most lie within one.
with weeks as (
    select * from {{ ref('int_site_weeks') }}
),

holdings as (
    select
        *,
        least(to_us, {{ as_of_us() }} + 1) - 1 as last_us
    from {{ ref('int_agent_holdings') }}
),

placed as (
    select
        holdings.*,
        first_week.week_no as first_week_no,
        last_week.week_no as last_week_no
    from holdings
    {{ join_site_day('first_day', 'holdings.from_us') }}
    {{ join_site_day('last_day', 'holdings.last_us') }}
    inner join weeks as first_week on first_day.week_start_date = first_week.week_start_date
    inner join weeks as last_week on last_day.week_start_date = last_week.week_start_date
    where holdings.from_us < holdings.to_us
),

pieces as (
    select
        placed.agent_source_id,
        placed.agent_id,
        placed.ticket_key,
        placed.is_minor,
        weeks.week_start_date,
        greatest(placed.from_us, weeks.from_us) as from_us,
        least(placed.to_us, weeks.end_us) as to_us,
        weeks.end_us
    from placed
    inner join weeks on placed.first_week_no = weeks.week_no
    union all
    select
        placed.agent_source_id,
        placed.agent_id,
        placed.ticket_key,
        placed.is_minor,
        weeks.week_start_date,
        weeks.from_us,
        least(placed.to_us, weeks.end_us),
        weeks.end_us
    from placed
    inner join weeks on placed.first_week_no < weeks.week_no and weeks.week_no <= placed.last_week_no
    where placed.first_week_no < placed.last_week_no
)

-- who moves to another place within the week held the ticket in both
select
    roster.person_no,
    pieces.week_start_date,
    pieces.ticket_key,
    pieces.is_minor,
    max(case when least(pieces.to_us, roster.valid_to_us) = pieces.end_us then 1 else 0 end) = 1 as is_open
from pieces
inner join {{ ref('int_team_roster') }} as roster
    on pieces.agent_source_id = roster.source_id
    and pieces.agent_id = roster.agent_id
    and roster.valid_from_us < pieces.to_us
    and pieces.from_us < roster.valid_to_us
group by roster.person_no, pieces.week_start_date, pieces.ticket_key, pieces.is_minor
