-- An agent's time, cut wherever something begins or ends: tickets in hand, shifts, the week, the place on the roster.
-- What overlaps is counted once because each piece only asks whether anything covers it; gaps have no piece.
with holdings as (
    select agent_source_id, agent_id, from_us, least(to_us, {{ as_of_us() }}) as to_us, is_at_work
    from {{ ref('int_agent_holdings') }}
    where from_us < {{ as_of_us() }}
),

homes as (
    {{ agent_homes() }}
),

shifts as (
    select
        homes.agent_source_id,
        stretches.agent_id,
        {{ micros('stretches.starts_at') }} as from_us,
        least({{ micros('stretches.ends_at') }}, {{ as_of_us() }}) as to_us,
        case
            when lower(stretches.activity) in ('{{ var("team_off_queue_activities") | join("', '") }}') then 'off_queue'
            when lower(stretches.activity) in ('{{ var("team_handling_activities") | join("', '") }}') then 'handling'
            else 'on_queue'
        end as kind
    from {{ ref('stg_canonical__agent_shifts') }} as stretches
    inner join homes on stretches.source_id = homes.source_id
    where {{ micros('stretches.starts_at') }} < {{ as_of_us() }}
),

moves as (
    select agent_source_id, agent_id, from_us as at_us, 1 as held, case when is_at_work then 1 else 0 end as at_work, 0 as on_queue, 0 as off_queue, 0 as handling
    from holdings
    union all
    select agent_source_id, agent_id, to_us, -1, case when is_at_work then -1 else 0 end, 0, 0, 0
    from holdings
    union all
    select agent_source_id, agent_id, from_us, 0, 0, case when kind = 'on_queue' then 1 else 0 end,
        case when kind = 'off_queue' then 1 else 0 end, case when kind = 'handling' then 1 else 0 end
    from shifts
    union all
    select agent_source_id, agent_id, to_us, 0, 0, case when kind = 'on_queue' then -1 else 0 end,
        case when kind = 'off_queue' then -1 else 0 end, case when kind = 'handling' then -1 else 0 end
    from shifts
),

agents as (
    select agent_source_id, agent_id, min(at_us) as first_us from moves
    group by agent_source_id, agent_id
),

cuts as (
    select agents.agent_source_id, agents.agent_id, weeks.from_us as at_us
    from agents
    inner join {{ ref('int_site_weeks') }} as weeks on weeks.from_us > agents.first_us
    union
    select agents.agent_source_id, agents.agent_id, roster.valid_from_us
    from agents
    inner join {{ ref('int_team_roster') }} as roster
        on agents.agent_source_id = roster.source_id and agents.agent_id = roster.agent_id
    where roster.valid_from_us > agents.first_us and roster.valid_from_us < {{ as_of_us() }}
),

instants as (
    select
        agent_source_id,
        agent_id,
        at_us,
        cast(sum(held) as bigint) as held,
        cast(sum(at_work) as bigint) as at_work,
        cast(sum(on_queue) as bigint) as on_queue,
        cast(sum(off_queue) as bigint) as off_queue,
        cast(sum(handling) as bigint) as handling
    from (
        select * from moves
        union all
        select agent_source_id, agent_id, at_us, 0, 0, 0, 0, 0 from cuts
    ) as everything
    group by agent_source_id, agent_id, at_us
),

pieces as (
    select
        agent_source_id,
        agent_id,
        at_us as from_us,
        lead(at_us) over by_agent as to_us,
        sum(held) over so_far as held_count,
        sum(at_work) over so_far as at_work_count,
        sum(on_queue) over so_far as on_queue_count,
        sum(off_queue) over so_far as off_queue_count,
        sum(handling) over so_far as handling_count
    from instants
    window
        by_agent as (partition by agent_source_id, agent_id order by at_us),
        so_far as (
            partition by agent_source_id, agent_id order by at_us rows between unbounded preceding and current row
        )
)

select
    pieces.agent_source_id,
    pieces.agent_id,
    roster.person_no,
    site_days.week_start_date,
    pieces.from_us,
    pieces.to_us,
    cast(pieces.held_count as bigint) as held_count,
    pieces.on_queue_count + pieces.off_queue_count + pieces.handling_count > 0 as is_on_shift,
    pieces.on_queue_count + pieces.handling_count > 0 and pieces.off_queue_count = 0 as is_available,
    pieces.on_queue_count + pieces.handling_count > 0
    and pieces.off_queue_count = 0
    and pieces.at_work_count + pieces.handling_count > 0 as is_handling
from pieces
{{ join_site_day('site_days', 'pieces.from_us') }}
{{ join_roster('roster', 'pieces', 'pieces.from_us') }}
where pieces.to_us is not null
    and pieces.held_count + pieces.on_queue_count + pieces.off_queue_count + pieces.handling_count > 0
