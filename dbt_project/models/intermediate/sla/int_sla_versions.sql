{{ config(materialized='view') }}
-- Each instance cut into target versions (A16, A18): one row per stretch with the same policy, priority,
-- target and hours. A stretch without target has no row.
with evaluations as (
    select * from {{ ref('int_sla_evaluations') }}
),

targets as (
    select * from {{ ref('int_sla_targets') }}
),

-- a metric that no policy has a target for gives no rows
instances as (
    select * from {{ ref('int_sla_instances') }}
    where metric in (select metric from targets)
),

-- an evaluation at the very end of an instance does not touch it; one at its start applies
evaluated as (
    select
        instances.*,
        evaluations.source_id,
        evaluations.policy_id,
        evaluations.priority,
        evaluations.epoch_no,
        evaluations.previous_policy_id,
        evaluations.previous_priority,
        evaluations.previous_epoch_no,
        greatest(instances.start_us, evaluations.from_us) as from_us,
        case when evaluations.from_us > instances.start_us then evaluations.tick else instances.start_tick end as from_tick,
        evaluations.from_us <= instances.start_us as is_first,
        evaluations.from_us <= instances.start_us
        and evaluations.to_us >= coalesce(instances.end_us, {{ end_us() }}) as is_whole
    from instances
    inner join evaluations
        on instances.ticket_no = evaluations.ticket_no
        and evaluations.to_us > instances.start_us
        and (evaluations.from_us <= instances.start_us or evaluations.from_us < coalesce(instances.end_us, {{ end_us() }}))
),

targeted as (
    select
        evaluated.*,
        targets.target_us,
        targets.hours
    from evaluated
    left join targets
        on evaluated.source_id = targets.source_id
        and evaluated.policy_id = targets.policy_id
        and evaluated.metric = targets.metric
        and evaluated.epoch_no = targets.epoch_no
        and coalesce(evaluated.priority, {{ coded("''") }}) = targets.priority_or_none
),

-- most instances lie within one evaluation: they are one version, or none
single_versions as (
    select
        ticket_no,
        metric,
        instance_no,
        1 as version_no,
        true as is_final,
        policy_id,
        priority,
        target_us,
        hours,
        start_tick,
        start_us,
        start_us as applied_us,
        end_tick,
        end_us,
        end_reason
    from targeted
    where is_whole and target_us is not null
),

changes as (
    select targeted.*
    from targeted
    left join targets as previous_targets
        on targeted.source_id = previous_targets.source_id
        and targeted.previous_policy_id = previous_targets.policy_id
        and targeted.metric = previous_targets.metric
        and targeted.previous_epoch_no = previous_targets.epoch_no
        and coalesce(targeted.previous_priority, {{ coded("''") }}) = previous_targets.priority_or_none
    where not targeted.is_whole
        and (
            targeted.is_first
            or targeted.target_us is distinct from previous_targets.target_us
            or (
                targeted.target_us is not null
                and (
                    targeted.policy_id is distinct from targeted.previous_policy_id
                    or targeted.priority is distinct from targeted.previous_priority
                    or targeted.hours is distinct from previous_targets.hours
                )
            )
        )
),

followed as (
    select
        *,
        lead(from_us) over by_instance as next_from_us,
        lead(from_tick) over by_instance as next_from_tick,
        sum(case when target_us is not null then 1 else 0 end) over so_far as version_no,
        sum(case when target_us is not null then 1 else 0 end) over (
            partition by ticket_no, metric, instance_no
        ) as version_count
    from changes
    window
        by_instance as (partition by ticket_no, metric, instance_no order by from_us),
        so_far as (partition by ticket_no, metric, instance_no order by from_us rows between unbounded preceding and current row)
)

select
    ticket_no,
    metric,
    instance_no,
    cast(version_no as int) as version_no,
    version_no = version_count as is_final,
    policy_id,
    priority,
    target_us,
    hours,
    start_tick,
    start_us,
    from_us as applied_us,
    case when next_from_us is null then end_tick else next_from_tick end as end_tick,
    case when next_from_us is null then end_us else next_from_us end as end_us,
    case when next_from_us is null then end_reason else {{ coded("'superseded'") }} end as end_reason
from followed
where target_us is not null
union all
select * from single_versions
