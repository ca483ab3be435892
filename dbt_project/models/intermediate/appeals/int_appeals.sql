{{ config(materialized='view') }}

-- Complaints as they stand at as_of: what was decided or told later has not happened yet.
with appeals as (
    select
        *,
        {{ micros('submitted_at') }} as submitted_us,
        {{ micros('decided_at') }} as decided_us,
        {{ micros('notified_at') }} as notified_us
    from {{ ref('int_appeals__unioned') }}
),

-- only complaints that name no decision themselves look theirs up
listed as (
    select * from {{ ref('int_appeal_decisions') }} where is_primary and is_listed_only
),

source_references as (
    select * from {{ ref('stg_site__source_references') }}
)

select
    appeals.source_id,
    appeals.appeal_id,
    decision_sources.refers_to_source_id as decision_source_id,
    coalesce(appeals.decision_id, listed.decision_id) as decision_id,
    appeals.about,
    appeals.body,
    appeals.round,
    appeals.complainant_role,
    appeals.submitted_us,
    case when appeals.decided_us <= {{ as_of_us() }} then appeals.decided_us end as decided_us,
    case when appeals.notified_us <= {{ as_of_us() }} then appeals.notified_us end as notified_us,
    -- an outcome without any time counts, but its duration is unknown
    case
        when coalesce(appeals.decided_us, appeals.notified_us, appeals.submitted_us) <= {{ as_of_us() }}
            then appeals.outcome
    end as outcome,
    appeals.new_restriction,
    appeals.ods_implemented,
    appeals.reviewer_id,
    ticket_sources.refers_to_source_id as ticket_source_id,
    appeals.ticket_id,
    appeals.language,
    appeals.market
from appeals
inner join source_references as decision_sources
    on appeals.source_id = decision_sources.source_id and decision_sources.reference = 'decision_id'
inner join source_references as ticket_sources
    on appeals.source_id = ticket_sources.source_id and ticket_sources.reference = 'ticket_id'
left join listed
    on appeals.source_id = listed.source_id
    and appeals.appeal_id = listed.appeal_id
where appeals.submitted_us <= {{ as_of_us() }}
