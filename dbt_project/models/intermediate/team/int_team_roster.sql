-- Every agent's place in the organisation over all time: who is on no roster is there too, with nothing known.
-- A person's stretches with the same place share one person_no, the unit that the team marts count by.
with rosters as (
    select
        *,
        {{ valid_from_us() }} as valid_from_us,
        {{ valid_to_us() }} as valid_to_us
    from {{ ref('stg_canonical__agents') }}
    where {{ valid_from_us() }} < {{ valid_to_us() }}
),

homes as (
    {{ agent_homes() }}
),

-- agents the work tells of, whether a roster does or not
seen as (
    select source_id, assignee_id as agent_id from {{ ref('fct_ticket_segments') }} where assignee_id is not null
    union
    select source_id, agent_id from {{ ref('fct_replies') }} where agent_id is not null
    union
    select source_id, agent_id from {{ ref('stg_canonical__agent_shifts') }}
),

people as (
    select homes.agent_source_id as source_id, seen.agent_id
    from seen
    inner join homes on seen.source_id = homes.source_id
    union
    select agent_source_id, agent_id from {{ ref('int_team_surveys') }} where agent_id is not null
    union
    select agent_source_id, agent_id from {{ ref('int_team_reviews') }} where agent_id is not null
    union
    select source_id, agent_id from rosters
),

-- tie-breakers in the order of dim_agent
placed as (
    {{ latest_in_force(
        'rosters',
        ['source_id', 'agent_id'],
        ['team_id', 'team_name', 'lead_id', 'tier', 'vendor', 'role'],
        ['tier', 'vendor', 'name', 'team_id', 'team_name', 'lead_id', 'role'],
    ) }}
),

everyone as (
    select
        source_id,
        agent_id,
        valid_from_us,
        valid_to_us,
        is_in_force as is_on_roster,
        team_id,
        team_name,
        lead_id,
        tier,
        vendor,
        role
    from placed
    union all
    select
        people.source_id,
        people.agent_id,
        cast({{ beginning_us() }} as bigint),
        cast({{ end_us() }} as bigint),
        false,
        null,
        null,
        null,
        null,
        null,
        null
    from people
    left join (select distinct source_id, agent_id from rosters) as known
        on people.source_id = known.source_id and people.agent_id = known.agent_id
    where known.agent_id is null
)

select
    cast(dense_rank() over (
        order by source_id, agent_id, is_on_roster, team_id, team_name, lead_id, tier, vendor, role
    ) as int) as person_no,
    source_id,
    agent_id,
    valid_from_us,
    valid_to_us,
    is_on_roster,
    team_id,
    team_name,
    lead_id,
    tier,
    vendor,
    role
from everyone
