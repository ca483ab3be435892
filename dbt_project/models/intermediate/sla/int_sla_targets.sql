-- The target each policy gives a ticket priority for a metric in each policy epoch (A17, A18): an exact
-- priority wins over none, among valid ones the latest valid_from. priority null = a ticket without one.
with targets as (
    select
        {{ coded('consumer_id') }} as source_id,
        {{ coded('policy_id') }} as policy_id,
        {{ coded('metric') }} as metric,
        {{ coded('priority') }} as priority,
        -- the finest clock is a microsecond
        cast(round(target_minutes * 60000000) as bigint) as target_us,
        {{ coded('hours') }} as hours,
        {{ valid_from_us() }} as valid_from_us,
        {{ valid_to_us() }} as valid_to_us
    from ({{ as_seen_by_sources('stg_canonical__sla_targets', 'policy_id') }}) as target_rows
),

priorities as (
    select distinct source_id, priority from {{ ref('int_sla_evaluations') }}
),

ranked as (
    select
        targets.source_id,
        epochs.epoch_no,
        targets.policy_id,
        targets.metric,
        priorities.priority,
        targets.target_us,
        targets.hours,
        row_number() over (
            partition by targets.source_id, epochs.epoch_no, targets.policy_id, targets.metric, priorities.priority
            order by
                case when targets.priority is null then 1 else 0 end,
                targets.valid_from_us desc, targets.valid_to_us desc, targets.target_us, targets.hours
        ) as choice_no
    from {{ ref('int_sla_epochs') }} as epochs
    inner join targets
        on epochs.source_id = targets.source_id
        and targets.valid_from_us <= epochs.from_us
        and epochs.from_us < targets.valid_to_us
    inner join priorities
        on targets.source_id = priorities.source_id
        and (targets.priority is null or targets.priority = priorities.priority)
)

select
    source_id,
    policy_id,
    epoch_no,
    coalesce(priority, {{ coded("''") }}) as priority_or_none,
    metric,
    target_us,
    hours
from ranked
where choice_no = 1
