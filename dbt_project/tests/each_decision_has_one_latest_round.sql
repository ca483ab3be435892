-- Rounds of a decision before one body are one chain: numbered without gaps, each pointing to its neighbours, one last.
with rounds as (
    select appeal_key, decision_key, body, round_no, previous_appeal_key, next_appeal_key, is_latest_round
    from {{ ref('fct_appeals') }}
    where decision_key is not null
        and (round_no > 1 or not is_latest_round)
),

chains as (
    select
        decision_key,
        body,
        count(*) as round_count,
        max(round_no) as last_round_no,
        count(case when is_latest_round then 1 end) as latest_count
    from rounds
    group by 1, 2
)

select decision_key, body, 'is not one chain' as problem from chains
where latest_count <> 1 or last_round_no <> round_count
union all
select rounds.decision_key, rounds.body, 'points elsewhere'
from rounds
left join rounds as following on rounds.next_appeal_key = following.appeal_key
where not rounds.is_latest_round
    and (
        following.appeal_key is null
        or following.previous_appeal_key <> rounds.appeal_key
        or following.round_no <> rounds.round_no + 1
        or following.decision_key <> rounds.decision_key
    )
