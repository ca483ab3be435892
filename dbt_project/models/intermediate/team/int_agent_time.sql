-- An agent's time, cut wherever something begins or ends: tickets in hand, shifts, the week, the place on the roster.
-- What overlaps is counted once because each piece only asks whether anything covers it; gaps have no piece.
-- Agents are numbered first: millions of moments are sorted and summed by a number. The counts are floating-point
-- numbers, exact for counts: DuckDB sums those up along an agent's half-year in a third of the time whole ones take.
with places as (
    select
        *,
        dense_rank() over (order by source_id, agent_id) as agent_no
    from {{ ref('int_team_roster') }}
),

agents as (
    select distinct agent_no, source_id as agent_source_id, agent_id from places
),

homes as (
    {{ agent_homes() }}
),

holdings as (
    select
        agents.agent_no,
        holdings.from_us,
        least(holdings.to_us, {{ as_of_us() }}) as to_us,
        case when holdings.is_at_work then 1 else 0 end as at_work
    from {{ ref('int_agent_holdings') }} as holdings
    inner join agents
        on holdings.agent_source_id = agents.agent_source_id and holdings.agent_id = agents.agent_id
    where holdings.from_us < {{ as_of_us() }}
),

shifts as (
    select
        agents.agent_no,
        {{ micros('stretches.starts_at') }} as from_us,
        least({{ micros('stretches.ends_at') }}, {{ as_of_us() }}) as to_us,
        case
            when lower(stretches.activity) in ('{{ var("team_off_queue_activities") | join("', '") }}') then 'off_queue'
            when lower(stretches.activity) in ('{{ var("team_handling_activities") | join("', '") }}') then 'handling'
            else 'on_queue'
        end as kind
    from {{ ref('stg_canonical__agent_shifts') }} as stretches
    inner join homes on stretches.source_id = homes.source_id
    inner join agents
        on homes.agent_source_id = agents.agent_source_id and stretches.agent_id = agents.agent_id
    where {{ micros('stretches.starts_at') }} < {{ as_of_us() }}
),

moves as (
    select agent_no, from_us as at_us, 1 as held, at_work, 0 as on_queue, 0 as off_queue, 0 as handling
    from holdings
    union all
    select agent_no, to_us, -1, -at_work, 0, 0, 0
    from holdings
    union all
    select agent_no, from_us, 0, 0, case when kind = 'on_queue' then 1 else 0 end,
        case when kind = 'off_queue' then 1 else 0 end, case when kind = 'handling' then 1 else 0 end
    from shifts
    union all
    select agent_no, to_us, 0, 0, case when kind = 'on_queue' then -1 else 0 end,
        case when kind = 'off_queue' then -1 else 0 end, case when kind = 'handling' then -1 else 0 end
    from shifts
),

beginnings as (
    select agent_no, min(from_us) as first_us
    from (
        select agent_no, from_us from holdings
        union all
        select agent_no, from_us from shifts
    ) as everything
    group by agent_no
),

cuts as (
    select beginnings.agent_no, weeks.from_us as at_us
    from beginnings
    inner join {{ ref('int_site_weeks') }} as weeks on weeks.from_us > beginnings.first_us
    union
    select beginnings.agent_no, places.valid_from_us
    from beginnings
    inner join places on beginnings.agent_no = places.agent_no
    where places.valid_from_us > beginnings.first_us and places.valid_from_us < {{ as_of_us() }}
),

instants as (
    select
        agent_no,
        at_us,
        sum(cast(held as {{ dbt.type_float() }})) as held,
        sum(cast(at_work as {{ dbt.type_float() }})) as at_work,
        sum(cast(on_queue as {{ dbt.type_float() }})) as on_queue,
        sum(cast(off_queue as {{ dbt.type_float() }})) as off_queue,
        sum(cast(handling as {{ dbt.type_float() }})) as handling
    from (
        select * from moves
        union all
        select agent_no, at_us, 0, 0, 0, 0, 0 from cuts
    ) as everything
    group by agent_no, at_us
),

pieces as (
    select
        agent_no,
        at_us as from_us,
        lead(at_us) over by_agent as to_us,
        sum(held) over so_far as held_count,
        sum(at_work) over so_far as at_work_count,
        sum(on_queue) over so_far as on_queue_count,
        sum(off_queue) over so_far as off_queue_count,
        sum(handling) over so_far as handling_count
    from instants
    window
        by_agent as (partition by agent_no order by at_us),
        so_far as (partition by agent_no order by at_us rows between unbounded preceding and current row)
)

select
    places.person_no,
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
inner join places
    on pieces.agent_no = places.agent_no
    and places.valid_from_us <= pieces.from_us
    and pieces.from_us < places.valid_to_us
where pieces.to_us is not null
    and pieces.held_count + pieces.on_queue_count + pieces.off_queue_count + pieces.handling_count > 0
