-- Each appeal as a complaint: to the prefecture internal, to the judge before an outside body. How the codes of
-- dismissal are read, and why, stands in docs/appeals.md.
with cases as (
    select * from {{ ref('stg_appeals_events__cases') }}
),

prefecture as (
    select
        *,
        -- a result dated before the filing: one of the dates is wrong, so the time is unknown, never negative
        coalesce(result_at < appealed_at or result_notified_at < appealed_at, false) as has_impossible_date,
        case
            when prefecture_dismissal = '#' then 'reversed'
            -- cancelled by the office for a reason of its own: no verdict
            when prefecture_dismissal is not null then 'omitted'
            when result_at is not null then 'upheld'
            when paid_after_appeal_at is not null then 'withdrawn'
        end as outcome
    from cases
    where appealed_at is not null
),

judge as (
    select
        *,
        coalesce(last_paid_at >= judge_at or collected_at >= judge_at, false) as is_enforced
    from cases
    where judge_at is not null
)

select
    source_id,
    {{ dbt.concat(['case_id', "'/prefecture'"]) }} as appeal_id,
    case_id as decision_id,
    'decision' as about,
    'internal' as body,
    cast(1 as bigint) as round,
    'recipient' as complainant_role,
    appealed_at as submitted_at,
    case
        when outcome = 'withdrawn' then paid_after_appeal_at
        when not has_impossible_date then result_at
    end as decided_at,
    case when outcome <> 'withdrawn' and not has_impossible_date then result_notified_at end as notified_at,
    outcome,
    cast(null as boolean) as new_restriction,
    cast(null as boolean) as ods_implemented,
    cast(null as {{ dbt.type_string() }}) as reviewer_id,
    cast(null as {{ dbt.type_string() }}) as ticket_id,
    cast(null as {{ dbt.type_string() }}) as language,
    cast(null as {{ dbt.type_string() }}) as market,
    last_at as updated_at,
    load_no
from prefecture

union all

select
    source_id,
    {{ dbt.concat(['case_id', "'/judge'"]) }} as appeal_id,
    case_id as decision_id,
    'decision' as about,
    'ods' as body,
    cast(1 as bigint) as round,
    'recipient' as complainant_role,
    judge_at as submitted_at,
    -- the log dates no judgment
    cast(null as timestamp) as decided_at,
    cast(null as timestamp) as notified_at,
    case when judge_dismissal = 'G' then 'reversed' when is_enforced then 'upheld' end as outcome,
    cast(null as boolean) as new_restriction,
    case when judge_dismissal = 'G' then not is_enforced end as ods_implemented,
    cast(null as {{ dbt.type_string() }}) as reviewer_id,
    cast(null as {{ dbt.type_string() }}) as ticket_id,
    cast(null as {{ dbt.type_string() }}) as language,
    cast(null as {{ dbt.type_string() }}) as market,
    last_at as updated_at,
    load_no
from judge
