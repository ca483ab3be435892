-- Who leads each agent, and since when they are employed, over all time: one row per stretch, the roster version of
-- the latest valid_from where they overlap (A28).
with versions as (
    select
        consumer_id as source_id,
        agent_id,
        team_id,
        lead_id,
        hired_on,
        {{ valid_from_us() }} as valid_from_us,
        {{ valid_to_us() }} as valid_to_us
    from ({{ as_seen_by_sources('stg_canonical__agents', 'agent_id') }}) as agents
    where {{ valid_from_us() }} < {{ valid_to_us() }}
),

in_force as (
    {{ latest_in_force('versions', ['source_id', 'agent_id'], ['team_id', 'lead_id', 'hired_on']) }}
)

select
    source_id,
    agent_id,
    team_id,
    lead_id,
    hired_on,
    valid_from_us,
    valid_to_us
from in_force
where is_in_force
