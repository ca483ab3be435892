-- Complaints that are listed with decisions, be it a single one: each decision listed for the complaint, and the one the
-- complaint itself names. That one is its primary decision; where it names none, the first by id.
with listed as (
    select distinct source_id, appeal_id, decision_id from {{ ref('stg_canonical__appeal_decisions') }}
),

listing as (
    select distinct source_id, appeal_id from listed
),

named as (
    select appeals.source_id, appeals.appeal_id, appeals.decision_id
    from {{ ref('int_appeals__unioned') }} as appeals
    inner join listing on appeals.source_id = listing.source_id and appeals.appeal_id = listing.appeal_id
    where appeals.decision_id is not null
),

pairs as (
    select source_id, appeal_id, decision_id from listed
    union
    select source_id, appeal_id, decision_id from named
),

first_listed as (
    select source_id, appeal_id, min(decision_id) as decision_id
    from listed
    group by 1, 2
)

select
    pairs.source_id,
    pairs.appeal_id,
    source_references.refers_to_source_id as decision_source_id,
    pairs.decision_id,
    pairs.decision_id = coalesce(named.decision_id, first_listed.decision_id) as is_primary,
    named.decision_id is null as is_listed_only
from pairs
inner join first_listed
    on pairs.source_id = first_listed.source_id and pairs.appeal_id = first_listed.appeal_id
left join named
    on pairs.source_id = named.source_id and pairs.appeal_id = named.appeal_id
inner join {{ ref('stg_site__source_references') }} as source_references
    on pairs.source_id = source_references.source_id and source_references.reference = 'decision_id'
