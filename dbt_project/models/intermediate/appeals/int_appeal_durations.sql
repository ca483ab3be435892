{{ config(materialized='view') }}

-- How long internal complaints took, or have taken so far. A verdict is the event. Pending ones are censored at as_of,
-- omitted and withdrawn ones at their end: until then no verdict had come. An outcome without a time says nothing.
with appeals as (
    select * from {{ ref('fct_appeals') }} where body = 'internal'
)

select
    appeal_key,
    source_id,
    decision_key,
    case when is_decided then 1 else 0 end as is_event,
    case
        when is_pending then {{ as_of_us() }} - {{ micros('submitted_at') }}
        else {{ micros('coalesce(notified_at, decided_at)') }} - {{ micros('submitted_at') }}
    end as duration_us
from appeals
where is_pending or seconds_to_decision is not null
