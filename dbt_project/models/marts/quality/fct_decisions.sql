-- Built whole; see fct_appeals for the size. Disputes are few and counted apart, so that the large sum stays narrow.
with pairs as (
    -- a complaint counts once for each decision it covers
    select decision_source_id, decision_id, outcome, submitted_us, decided_us, notified_us, round
    from {{ ref('int_appeals') }}
    where body = 'internal' and decision_id is not null
    union all
    select
        covered.decision_source_id,
        covered.decision_id,
        appeals.outcome,
        appeals.submitted_us,
        appeals.decided_us,
        appeals.notified_us,
        appeals.round
    from {{ ref('int_appeal_decisions') }} as covered
    inner join {{ ref('int_appeals') }} as appeals
        on covered.source_id = appeals.source_id and covered.appeal_id = appeals.appeal_id
    where appeals.body = 'internal' and not covered.is_primary
),

appealed as (
    select
        decision_source_id,
        decision_id,
        min(submitted_us) as first_appealed_us,
        count(*) as appeal_count,
        count(case when outcome is null then 1 end) as pending_appeal_count,
        -- one number whose greatest value is the latest verdict: when, which round, which verdict
        max(
            coalesce(decided_us, notified_us, submitted_us) * 1000
            + least(round, 99) * 10
            + case outcome when 'upheld' then 1 when 'partially_reversed' then 2 when 'reversed' then 3 end
        ) as verdict_score
    from pairs
    group by 1, 2
),

disputes as (
    select
        decision_source_id,
        decision_id,
        outcome in ('reversed', 'partially_reversed') as is_reversed,
        ods_implemented
    from {{ ref('int_appeals') }}
    where body = 'ods' and decision_id is not null
),

disputed as (
    select
        decision_source_id,
        decision_id,
        count(*) as ods_dispute_count,
        count(case when is_reversed then 1 end) as ods_reversed_count,
        count(case when is_reversed and ods_implemented then 1 end) as ods_implemented_count
    from disputes
    group by 1, 2
),

minor_appeals as (
    select source_id, appeal_id from {{ ref('fct_appeals') }} where is_minor
),

-- what a complaint of a minor is about may tell the age as well, also where only its ticket knows of it
withheld as (
    select appeals.decision_source_id, appeals.decision_id
    from {{ ref('int_appeals') }} as appeals
    inner join minor_appeals on appeals.source_id = minor_appeals.source_id and appeals.appeal_id = minor_appeals.appeal_id
    where appeals.decision_id is not null
    union
    select covered.decision_source_id, covered.decision_id
    from {{ ref('int_appeal_decisions') }} as covered
    inner join minor_appeals on covered.source_id = minor_appeals.source_id and covered.appeal_id = minor_appeals.appeal_id
),

joined as (
    select
        decisions.*,
        withheld.decision_id is not null as is_withheld,
        coalesce(decisions.decider_tier, versions.tier) as tier,
        versions.vendor as decider_vendor,
        appealed.first_appealed_us,
        coalesce(appealed.appeal_count, 0) as appeal_count,
        coalesce(appealed.pending_appeal_count, 0) as pending_appeal_count,
        case appealed.verdict_score % 10 when 1 then 'upheld' when 2 then 'partially_reversed' when 3 then 'reversed' end
            as outcome,
        coalesce(disputed.ods_dispute_count, 0) as ods_dispute_count,
        coalesce(disputed.ods_reversed_count, 0) as ods_reversed_count,
        coalesce(disputed.ods_implemented_count, 0) as ods_implemented_count
    from {{ ref('int_decisions') }} as decisions
    left join appealed
        on decisions.source_id = appealed.decision_source_id and decisions.decision_id = appealed.decision_id
    left join disputed
        on decisions.source_id = disputed.decision_source_id and decisions.decision_id = disputed.decision_id
    left join withheld
        on decisions.source_id = withheld.decision_source_id and decisions.decision_id = withheld.decision_id
    left join {{ ref('int_agent_versions') }} as versions
        on decisions.source_id = versions.source_id
        and decisions.decider_id = versions.agent_id
        and versions.valid_from_us <= decisions.decided_us
        and decisions.decided_us < versions.valid_to_us
)

select
    {{ surrogate_key(['source_id', 'decision_id']) }} as decision_key,
    source_id,
    decision_id,
    {{ instant('decided_us') }} as decided_at,
    {{ instant('notified_us') }} as notified_at,
    restriction,
    ground,
    case when not is_withheld then policy_category end as policy_category,
    case when not is_withheld then surface end as surface,
    automated_detection,
    automated_decision,
    decider_id,
    tier as decider_tier,
    decider_vendor,
    market,
    language,
    is_minor,
    case when is_minor then 'minor' else 'standard' end as route,
    appeal_count > 0 as is_appealed,
    {{ instant('first_appealed_us') }} as first_appealed_at,
    appeal_count,
    pending_appeal_count,
    outcome,
    coalesce(outcome in ('reversed', 'partially_reversed'), false) as is_overturned,
    coalesce(outcome = 'partially_reversed', false) as is_partially_overturned,
    {{ instant('restored_us') }} as restored_at,
    restored_reason,
    ods_dispute_count,
    ods_reversed_count,
    ods_implemented_count
from joined
