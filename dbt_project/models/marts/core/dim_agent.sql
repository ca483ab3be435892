with versions as (
    select distinct
        consumer_id as source_id,
        agent_id,
        name,
        team_id,
        team_name,
        lead_id,
        tier,
        vendor,
        role,
        site,
        timezone,
        hired_on,
        valid_from,
        valid_to,
        {{ valid_from_us() }} as valid_from_us,
        {{ valid_to_us() }} as valid_to_us
    from ({{ as_seen_by_sources('stg_canonical__agents', 'agent_id') }}) as agents
),

-- of overlapping versions the one that began last holds, as wherever an agent is looked up (A28)
numbered as (
    select
        *,
        row_number() over (
            partition by source_id, agent_id
            order by
                valid_from_us, valid_to_us, tier desc, vendor desc, name desc, team_id desc, team_name desc, lead_id desc,
                role desc, site desc, timezone desc, hired_on desc
        ) as version_no,
        max(
            case when valid_from_us <= {{ as_of_us() }} and {{ as_of_us() }} < valid_to_us then valid_from_us end
        ) over (partition by source_id, agent_id) as current_from_us
    from versions
),

current_versions as (
    select source_id, agent_id, max(version_no) as version_no from numbered
    where valid_from_us = current_from_us and {{ as_of_us() }} < valid_to_us
    group by 1, 2
)

select
    {{ cell_key(['numbered.source_id', 'numbered.agent_id', 'numbered.version_no']) }} as agent_key,
    numbered.source_id,
    numbered.agent_id,
    cast(numbered.version_no as int) as version_no,
    numbered.name,
    numbered.team_id,
    numbered.team_name,
    numbered.lead_id,
    numbered.tier,
    numbered.vendor,
    numbered.role,
    numbered.site,
    numbered.timezone,
    numbered.hired_on,
    {{ instant(micros('numbered.valid_from')) }} as valid_from,
    {{ instant(micros('numbered.valid_to')) }} as valid_to,
    current_versions.version_no is not null as is_current
from numbered
left join current_versions
    on numbered.source_id = current_versions.source_id
    and numbered.agent_id = current_versions.agent_id
    and numbered.version_no = current_versions.version_no
