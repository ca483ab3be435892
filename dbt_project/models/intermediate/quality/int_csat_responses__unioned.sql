{{ config(materialized='view') }}
-- Canonical surveys say whom they are about by their ticket; survey exports without tickets say it themselves.
select
    source_id,
    survey_id,
    ticket_id,
    sent_at,
    recorded_at,
    responded_at,
    score,
    scale_min,
    scale_max,
    comment,
    reason,
    language,
    channel as survey_channel,
    cast(null as {{ dbt.type_string() }}) as channel,
    cast(null as {{ dbt.type_string() }}) as line_of_business,
    cast(null as {{ dbt.type_string() }}) as contact_reason,
    cast(null as {{ dbt.type_string() }}) as agent_id,
    cast(null as {{ dbt.type_string() }}) as lead_id,
    cast(null as {{ dbt.type_string() }}) as tenure_band,
    cast(null as double) as first_response_seconds,
    cast(null as {{ dbt.type_string() }}) as first_response_null_reason,
    false as is_standalone,
    load_no
from {{ ref('stg_canonical__csat_responses') }}

union all

select
    source_id,
    survey_id,
    ticket_id,
    sent_at,
    recorded_at,
    responded_at,
    score,
    scale_min,
    scale_max,
    comment,
    reason,
    language,
    survey_channel,
    channel,
    line_of_business,
    contact_reason,
    agent_id,
    lead_id,
    tenure_band,
    first_response_seconds,
    first_response_null_reason,
    true as is_standalone,
    load_no
from {{ ref('stg_csat_survey_files__csat_responses') }}
