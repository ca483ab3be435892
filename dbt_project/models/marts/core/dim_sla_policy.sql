with policies as (
    select
        consumer_id as source_id,
        policy_id,
        name,
        {{ adapter.quote('position') }} as policy_position,
        line_of_business,
        channel,
        market,
        language,
        requester_segment,
        group_id,
        {{ valid_from_us() }} as valid_from_us,
        {{ valid_to_us() }} as valid_to_us
    from ({{ as_seen_by_sources('stg_canonical__sla_policies', 'policy_id') }}) as policy_rows
),

targets as (
    select
        consumer_id as source_id,
        policy_id,
        metric,
        priority,
        target_minutes,
        hours,
        {{ valid_from_us() }} as valid_from_us,
        {{ valid_to_us() }} as valid_to_us
    from ({{ as_seen_by_sources('stg_canonical__sla_targets', 'policy_id') }}) as target_rows
),

-- a target holds while its policy does, too
combined as (
    select distinct
        policies.source_id,
        policies.policy_id,
        policies.name,
        policies.policy_position,
        policies.line_of_business,
        policies.channel,
        policies.market,
        policies.language,
        policies.requester_segment,
        policies.group_id,
        targets.metric,
        targets.priority,
        60 * targets.target_minutes as target_seconds,
        targets.hours,
        greatest(policies.valid_from_us, coalesce(targets.valid_from_us, policies.valid_from_us)) as valid_from_us,
        least(policies.valid_to_us, coalesce(targets.valid_to_us, policies.valid_to_us)) as valid_to_us
    from policies
    left join targets
        on policies.source_id = targets.source_id
        and policies.policy_id = targets.policy_id
        and targets.valid_from_us < policies.valid_to_us
        and policies.valid_from_us < targets.valid_to_us
),

numbered as (
    select
        *,
        row_number() over (
            partition by source_id, policy_id
            order by
                valid_from_us, valid_to_us
                {%- for column in ['policy_position', 'metric', 'priority', 'target_seconds', 'hours', 'name',
                    'line_of_business', 'channel', 'market', 'language', 'requester_segment', 'group_id'] %}, {{ column }} nulls last{% endfor %}
        ) as row_no
    from combined
)

select
    {{ cell_key(['source_id', 'policy_id', 'row_no']) }} as sla_policy_key,
    source_id,
    policy_id,
    cast(row_no as int) as row_no,
    name,
    policy_position,
    line_of_business,
    channel,
    market,
    language,
    requester_segment,
    group_id,
    metric,
    priority,
    target_seconds,
    hours,
    {{ instant('case when valid_from_us > ' ~ beginning_us() ~ ' then valid_from_us end') }} as valid_from,
    {{ instant('case when valid_to_us < ' ~ end_us() ~ ' then valid_to_us end') }} as valid_to,
    valid_from_us <= {{ as_of_us() }} and {{ as_of_us() }} < valid_to_us as is_current
from numbered
