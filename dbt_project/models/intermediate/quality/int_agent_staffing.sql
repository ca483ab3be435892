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

spans as (
    {{ validity_spans('versions', ['source_id', 'agent_id']) }}
),

ranked as (
    select
        spans.*,
        versions.team_id,
        versions.lead_id,
        versions.hired_on,
        row_number() over (
            partition by spans.source_id, spans.agent_id, spans.valid_from_us
            order by versions.valid_from_us desc, versions.valid_to_us desc, versions.team_id, versions.lead_id, versions.hired_on
        ) as choice_no
    from spans
    inner join versions
        on spans.source_id = versions.source_id
        and spans.agent_id = versions.agent_id
        and versions.valid_from_us <= spans.valid_from_us
        and spans.valid_from_us < versions.valid_to_us
)

select
    source_id,
    agent_id,
    team_id,
    lead_id,
    hired_on,
    valid_from_us,
    valid_to_us
from ranked
where choice_no = 1
