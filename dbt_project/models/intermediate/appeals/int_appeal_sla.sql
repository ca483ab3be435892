-- Complaints against their target: the clock runs from submission to the notification, else to the decision, else to
-- as_of; business hours are those of the source's default schedule. Breach, projection and time without a
-- schedule as for tickets (A20, A21, A22, A25).
with appeals as (
    select
        targets.source_id,
        targets.appeal_id,
        targets.policy_id,
        targets.target_us,
        targets.hours,
        appeals.submitted_us as from_us,
        case
            when appeals.outcome is null then {{ as_of_us() }}
            else coalesce(appeals.notified_us, appeals.decided_us)
        end as until_us,
        appeals.outcome is null as is_pending,
        appeals.outcome in ('upheld', 'reversed', 'partially_reversed') as is_decided,
        -- calendar hours need no clock; clock 0 = no schedule
        case when targets.hours = 'business' then coalesce(clocks.clock_id, 0) end as clock_id
    from {{ ref('int_appeal_targets') }} as targets
    inner join {{ ref('int_appeals') }} as appeals
        on targets.source_id = appeals.source_id and targets.appeal_id = appeals.appeal_id
    left join {{ ref('int_clocks') }} as clocks
        on targets.source_id = clocks.source_id and clocks.schedule_id is null
),

clocked as (
    select
        appeals.*,
        {{ open_us('starting', 'appeals.from_us') }} as from_open_us,
        {{ uncovered_us('starting', 'appeals.from_us') }} as from_uncovered_us,
        {{ open_us('ending', 'appeals.until_us') }} as until_open_us,
        {{ uncovered_us('ending', 'appeals.until_us') }} as until_uncovered_us
    from appeals
    {{ join_clock('starting', 'appeals.clock_id', 'appeals.from_us', type='left') }}
    {{ join_clock('ending', 'appeals.clock_id', 'appeals.until_us', type='left') }}
),

measured as (
    select
        clocked.*,
        case
            when clocked.hours = 'business' then clocked.until_open_us - clocked.from_open_us
            else clocked.until_us - clocked.from_us
        end as elapsed_us,
        clocked.hours = 'business' and clocked.until_uncovered_us > clocked.from_uncovered_us as lacks_schedule,
        case
            when clocked.hours = 'calendar' then clocked.from_us + clocked.target_us
            -- passed after a moment without schedule counts as not passed
            when passing.uncovered_before_us = clocked.from_uncovered_us
                then {{ instant_after_open_us('passing', 'clocked.from_open_us + clocked.target_us') }}
        end as passed_us
    from clocked
    {{ join_clock_inverse('passing', 'clocked.clock_id', 'clocked.from_open_us + clocked.target_us') }}
),

judged as (
    select
        *,
        coalesce(elapsed_us > target_us and passed_us is not null, false) as is_breached
    from measured
)

select
    source_id,
    appeal_id,
    policy_id,
    target_us,
    hours,
    case when not lacks_schedule then elapsed_us end as elapsed_us,
    case
        when is_breached then passed_us
        when is_pending and not lacks_schedule
            and passed_us < {{ as_of_us() }} + {{ var('projection_days') }} * {{ us_per_day() }}
            then passed_us
    end as due_us,
    case when is_breached then passed_us end as breached_us,
    case
        when is_breached then 'breached'
        when is_pending then 'active'
        when is_decided and not lacks_schedule and elapsed_us is not null then 'met'
        else 'cancelled'
    end as status
from judged
