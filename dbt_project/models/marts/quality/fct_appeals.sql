-- Built whole, at the size of a large platform's half-year (15 million): complaints that share a decision are few,
-- so only they are sorted; who shares one is told by numbers, which cost a fraction of comparing the ids. Each step
-- reads the view itself: a common expression read twice would be kept with all its columns.
with sharing as (
    select {{ row_hash(['decision_source_id', 'decision_id', 'body']) }} as chain_hash
    from {{ ref('int_appeals') }}
    where decision_id is not null
    group by 1
    having count(*) > 1
),

sharing_appeals as (
    select source_id, appeal_id, decision_source_id, decision_id, body, submitted_us, round
    from {{ ref('int_appeals') }}
    where decision_id is not null
        and {{ row_hash(['decision_source_id', 'decision_id', 'body']) }} in (select chain_hash from sharing)
),

-- rounds of one decision before one body, first to last; two hashes that are equal by chance are told apart here
rounds as (
    select
        source_id,
        appeal_id,
        row_number() over chain as round_no,
        lag(source_id) over chain as previous_source_id,
        lag(appeal_id) over chain as previous_appeal_id,
        lead(source_id) over chain as next_source_id,
        lead(appeal_id) over chain as next_appeal_id
    from sharing_appeals
    window chain as (
        partition by decision_source_id, decision_id, body
        order by submitted_us, round, source_id, appeal_id
    )
),

covering as (
    select
        pairs.source_id,
        pairs.appeal_id,
        count(*) as decision_count,
        max(case when decisions.is_minor then 1 else 0 end) as minor_count
    from {{ ref('int_appeal_decisions') }} as pairs
    left join {{ ref('int_decisions__unioned') }} as decisions
        on pairs.decision_source_id = decisions.source_id and pairs.decision_id = decisions.decision_id
    group by 1, 2
),

-- what few complaints have, in one place to look it up
particulars as (
    select
        coalesce(rounds.source_id, covering.source_id) as source_id,
        coalesce(rounds.appeal_id, covering.appeal_id) as appeal_id,
        rounds.round_no,
        rounds.previous_source_id,
        rounds.previous_appeal_id,
        rounds.next_source_id,
        rounds.next_appeal_id,
        covering.decision_count,
        covering.minor_count
    from rounds
    full outer join covering on rounds.source_id = covering.source_id and rounds.appeal_id = covering.appeal_id
),

joined as (
    select
        appeals.*,
        decisions.decision_id is not null as has_decision,
        decisions.restriction,
        decisions.appealable_until_us,
        coalesce(particulars.decision_count, case when appeals.decision_id is not null then 1 else 0 end) as decision_count,
        coalesce(particulars.minor_count > 0, false) or coalesce(tickets.is_minor, false) or coalesce(decisions.is_minor, false)
            as is_minor,
        particulars.round_no,
        particulars.previous_source_id,
        particulars.previous_appeal_id,
        particulars.next_source_id,
        particulars.next_appeal_id,
        sla.policy_id as sla_policy_id,
        sla.target_us as sla_target_us,
        sla.hours as sla_hours,
        sla.elapsed_us as sla_elapsed_us,
        sla.due_us as sla_due_us,
        sla.breached_us as sla_breached_us,
        sla.status as sla_status,
        -- the decision holds for the complainant from the moment they are told
        coalesce(appeals.notified_us, appeals.decided_us) as ended_us
    from {{ ref('int_appeals') }} as appeals
    left join {{ ref('int_decisions') }} as decisions
        on appeals.decision_source_id = decisions.source_id and appeals.decision_id = decisions.decision_id
    left join particulars
        on appeals.source_id = particulars.source_id and appeals.appeal_id = particulars.appeal_id
    left join {{ ref('int_appeal_tickets') }} as tickets
        on appeals.source_id = tickets.source_id and appeals.appeal_id = tickets.appeal_id
    left join {{ ref('int_appeal_sla') }} as sla
        on appeals.source_id = sla.source_id and appeals.appeal_id = sla.appeal_id
)

select
    {{ surrogate_key(['source_id', 'appeal_id']) }} as appeal_key,
    source_id,
    appeal_id,
    case when has_decision then {{ surrogate_key(['decision_source_id', 'decision_id']) }} end as decision_key,
    decision_id,
    cast(decision_count as bigint) as decision_count,
    restriction,
    about,
    body,
    cast(round as bigint) as {{ adapter.quote('round') }},
    complainant_role,
    {{ instant('submitted_us') }} as submitted_at,
    {{ instant('decided_us') }} as decided_at,
    {{ instant('notified_us') }} as notified_at,
    outcome,
    outcome is null as is_pending,
    coalesce(outcome in ('upheld', 'reversed', 'partially_reversed'), false) as is_decided,
    coalesce(outcome in ('reversed', 'partially_reversed'), false) as is_reversed,
    coalesce(outcome = 'partially_reversed', false) as is_partially_reversed,
    coalesce(outcome in ('omitted', 'withdrawn'), false) as is_omitted,
    case when outcome is not null then new_restriction end as new_restriction,
    case when outcome is not null then ods_implemented end as ods_implemented,
    case when outcome is not null then {{ seconds('ended_us - submitted_us') }} end as seconds_to_decision,
    coalesce(submitted_us <= appealable_until_us, true) as is_admissible,
    cast(coalesce(round_no, 1) as int) as round_no,
    case when previous_appeal_id is not null
        then {{ surrogate_key(['previous_source_id', 'previous_appeal_id']) }}
    end as previous_appeal_key,
    case when next_appeal_id is not null
        then {{ surrogate_key(['next_source_id', 'next_appeal_id']) }}
    end as next_appeal_key,
    next_appeal_id is null as is_latest_round,
    reviewer_id,
    case when ticket_id is not null then {{ surrogate_key(['ticket_source_id', 'ticket_id']) }} end as ticket_key,
    ticket_id,
    market,
    language,
    is_minor,
    case when is_minor then 'minor' else 'standard' end as route,
    sla_policy_id,
    {{ seconds('sla_target_us') }} as sla_target_seconds,
    sla_hours,
    {{ seconds('sla_elapsed_us') }} as sla_elapsed_seconds,
    {{ instant('sla_due_us') }} as sla_due_at,
    {{ instant('sla_breached_us') }} as sla_breached_at,
    sla_status
from joined
