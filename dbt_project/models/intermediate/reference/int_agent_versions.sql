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

spans as (
    {{ validity_spans('versions', ['source_id', 'agent_id']) }}
),

ranked as (
    select
        spans.*,
        versions.tier,
        versions.vendor,
        versions.agent_id is not null as is_on_roster,
        row_number() over (
            partition by spans.source_id, spans.agent_id, spans.valid_from_us
            order by versions.valid_from_us desc, versions.valid_to_us desc, versions.tier, versions.vendor
        ) as choice_no
    from spans
    left join versions
        on spans.source_id = versions.source_id
        and spans.agent_id = versions.agent_id
        and versions.valid_from_us <= spans.valid_from_us
        and spans.valid_from_us < versions.valid_to_us
),

compared as (
    select
        *,
        lag(is_on_roster) over by_agent as previous_is_on_roster,
        lag(tier) over by_agent as previous_tier,
        lag(vendor) over by_agent as previous_vendor
    from ranked
    where choice_no = 1
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
