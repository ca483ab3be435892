with decisions as (
    select * from {{ ref('int_decisions') }}
),

appeals as (
    select * from {{ ref('int_appeals') }}
),

-- a complaint counts once for each decision it covers
pairs as (
    select decision_source_id, decision_id, body, outcome, submitted_us, decided_us, notified_us, round, ods_implemented
    from appeals
    where decision_id is not null
    union all
    select
        covered.decision_source_id,
        covered.decision_id,
        appeals.body,
        appeals.outcome,
        appeals.submitted_us,
        appeals.decided_us,
        appeals.notified_us,
        appeals.round,
        appeals.ods_implemented
    from {{ ref('int_appeal_decisions') }} as covered
    inner join appeals on covered.source_id = appeals.source_id and covered.appeal_id = appeals.appeal_id
    where not covered.is_primary
),

-- one number whose greatest value is the latest verdict: when, which round, which verdict
scored as (
    select
        *,
        coalesce(decided_us, notified_us, submitted_us) * 1000
        + least(round, 99) * 10
        + case outcome when 'upheld' then 1 when 'partially_reversed' then 2 when 'reversed' then 3 end as verdict_score
    from pairs
),

counted as (
    select
        decision_source_id,
        decision_id,
        min(case when body = 'internal' then submitted_us end) as first_appealed_us,
        count(case when body = 'internal' then 1 end) as appeal_count,
        count(case when body = 'internal' and outcome is null then 1 end) as pending_appeal_count,
        max(case when body = 'internal' then verdict_score end) as verdict_score,
        count(case when body = 'ods' then 1 end) as ods_dispute_count,
        count(case when body = 'ods' and outcome in ('reversed', 'partially_reversed') then 1 end) as ods_reversed_count,
        count(case when body = 'ods' and outcome in ('reversed', 'partially_reversed') and ods_implemented then 1 end)
            as ods_implemented_count
    from scored
    group by 1, 2
),

vendors as (
    select * from {{ ref('int_agent_versions') }}
),

joined as (
    select
        decisions.*,
        coalesce(decisions.decider_tier, vendors.tier) as tier,
        vendors.vendor as decider_vendor,
        counted.first_appealed_us,
        coalesce(counted.appeal_count, 0) as appeal_count,
        coalesce(counted.pending_appeal_count, 0) as pending_appeal_count,
        coalesce(counted.ods_dispute_count, 0) as ods_dispute_count,
        coalesce(counted.ods_reversed_count, 0) as ods_reversed_count,
        coalesce(counted.ods_implemented_count, 0) as ods_implemented_count,
        case counted.verdict_score % 10 when 1 then 'upheld' when 2 then 'partially_reversed' when 3 then 'reversed' end
            as outcome
    from decisions
    left join counted
        on decisions.source_id = counted.decision_source_id and decisions.decision_id = counted.decision_id
    left join vendors
        on decisions.source_id = vendors.source_id
        and decisions.decider_id = vendors.agent_id
        and vendors.valid_from_us <= decisions.decided_us
        and decisions.decided_us < vendors.valid_to_us
)

select
    {{ surrogate_key(['source_id', 'decision_id']) }} as decision_key,
    source_id,
    decision_id,
    {{ instant('decided_us') }} as decided_at,
    {{ instant('notified_us') }} as notified_at,
    creator_id,
    restriction,
    ground,
    policy_category,
    surface,
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
