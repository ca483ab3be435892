-- Answers and appeals per driver, stratum and complete week, zeros included. csat: the first answer to each survey, by
-- the week it was recorded in, since that is what was known then; event = not satisfied; stratum = language.
-- overturn: decided internal appeals by the week the outcome held for the creator; event = reversed, in part or
-- whole; stratum = restriction.
with weeks as (
    select * from {{ ref('int_driver_weeks') }} where is_complete_week and not is_first_week
),

tickets as (
    select * from {{ ref('fct_tickets') }} where not is_excluded
),

answers as (
    select
        'csat' as measure,
        coalesce(tickets.source_id, surveys.source_id) as source_id,
        surveys.line_of_business,
        surveys.contact_reason,
        surveys.language as stratum,
        {{ micros('surveys.first_recorded_at') }} as known_us,
        case when surveys.first_score_normalised >= 0.75 then 0 else 1 end as event_count,
        surveys.is_minor
    from {{ ref('fct_csat_responses') }} as surveys
    left join tickets on surveys.ticket_key = tickets.ticket_key
    where surveys.first_score_normalised is not null and not surveys.is_excluded

    union all

    select
        'overturn' as measure,
        tickets.source_id,
        tickets.line_of_business,
        tickets.contact_reason,
        appeals.restriction as stratum,
        {{ micros('coalesce(appeals.notified_at, appeals.decided_at)') }} as known_us,
        case when appeals.is_reversed then 1 else 0 end as event_count,
        coalesce(appeals.is_minor, false) or coalesce(tickets.is_minor, false) as is_minor
    from {{ ref('fct_appeals') }} as appeals
    inner join tickets on appeals.ticket_key = tickets.ticket_key
    where appeals.is_decided and appeals.body = 'internal'
),

counted as (
    select
        answers.measure,
        answers.source_id,
        answers.line_of_business,
        answers.contact_reason,
        answers.stratum,
        weeks.week_no,
        count(*) as trial_count,
        sum(answers.event_count) as event_count,
        sum(case when answers.is_minor then 1 else 0 end) as minor_count,
        sum(case when answers.is_minor then answers.event_count else 0 end) as minor_event_count
    from answers
    inner join weeks
        on answers.source_id = weeks.source_id
        and answers.known_us >= weeks.from_us
        and answers.known_us < weeks.to_us
    group by 1, 2, 3, 4, 5, 6
),

keyed as (
    select
        *,
        {{ cell_key(['measure', 'source_id', 'line_of_business', 'contact_reason']) }} as driver_scope_key,
        coalesce(stratum, '') as stratum_label
    from counted
),

scopes as (
    select
        driver_scope_key,
        stratum_label,
        min(measure) as measure,
        min(source_id) as source_id,
        min(line_of_business) as line_of_business,
        min(contact_reason) as contact_reason
    from keyed
    group by 1, 2
)

select
    scopes.driver_scope_key,
    {{ cell_key(['scopes.measure', 'scopes.source_id']) }} as group_key,
    scopes.measure,
    scopes.source_id,
    scopes.line_of_business,
    scopes.contact_reason,
    scopes.stratum_label as stratum,
    weeks.week_no,
    cast(coalesce(keyed.trial_count, 0) as bigint) as trial_count,
    cast(coalesce(keyed.event_count, 0) as bigint) as event_count,
    cast(coalesce(keyed.minor_count, 0) as bigint) as minor_count,
    cast(coalesce(keyed.minor_event_count, 0) as bigint) as minor_event_count
from scopes
inner join weeks on scopes.source_id = weeks.source_id
left join keyed
    on scopes.driver_scope_key = keyed.driver_scope_key
    and scopes.stratum_label = keyed.stratum_label
    and weeks.week_no = keyed.week_no
