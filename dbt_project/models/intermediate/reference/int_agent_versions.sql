-- Tier and vendor of each agent over all time: one row per stretch, without gaps or overlaps. Overlapping
-- roster versions: the one with the latest valid_from; is_on_roster is false where no version is in force (A28).
with versions as (
    select
        consumer_id as source_id,
        agent_id,
        tier,
        vendor,
        {{ valid_from_us() }} as valid_from_us,
        {{ valid_to_us() }} as valid_to_us
    from ({{ as_seen_by_sources('stg_canonical__agents', 'agent_id') }}) as agents
    where {{ valid_from_us() }} < {{ valid_to_us() }}
),

in_force as (
    {{ latest_in_force('versions', ['source_id', 'agent_id'], ['tier', 'vendor']) }}
),

compared as (
    select
        source_id,
        agent_id,
        tier,
        vendor,
        is_in_force as is_on_roster,
        valid_from_us,
        lag(is_in_force) over by_agent as previous_is_on_roster,
        lag(tier) over by_agent as previous_tier,
        lag(vendor) over by_agent as previous_vendor
    from in_force
    window by_agent as (partition by source_id, agent_id order by valid_from_us)
),

changes as (
    select * from compared
    where is_on_roster is distinct from previous_is_on_roster
        or tier is distinct from previous_tier
        or vendor is distinct from previous_vendor
)

select
    source_id,
    agent_id,
    tier,
    vendor,
    is_on_roster,
    valid_from_us,
    coalesce(lead(valid_from_us) over (partition by source_id, agent_id order by valid_from_us), {{ end_us() }}) as valid_to_us
from changes
