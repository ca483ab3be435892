-- Stretches of time in which no policy or target of a source begins or ends to be valid.
-- Epoch 0 reaches back to the beginning of time.
with validities as (
    select consumer_id as source_id, {{ micros('valid_from') }} as from_us, {{ micros('valid_to') }} as to_us
    from ({{ as_seen_by_sources('stg_canonical__sla_policies', 'policy_id') }}) as policies
    union all
    select consumer_id, {{ micros('valid_from') }}, {{ micros('valid_to') }}
    from ({{ as_seen_by_sources('stg_canonical__sla_targets', 'policy_id') }}) as targets
),

bounds as (
    select source_id, from_us as at_us from validities where from_us is not null
    union
    select source_id, to_us from validities where to_us is not null
    union
    select distinct source_id, cast({{ beginning_us() }} as bigint) from {{ ref('stg_site__source_references') }}
)

select
    source_id,
    cast(row_number() over (partition by source_id order by at_us) - 1 as int) as epoch_no,
    at_us as from_us,
    coalesce(lead(at_us) over (partition by source_id order by at_us), {{ end_us() }}) as to_us
from bounds
