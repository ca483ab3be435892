-- Each rated contact as a survey that was sent and answered on the one day the export gives. It carries what the
-- export says about the contact, because there are no tickets to ask.
with contacts as (
    select
        *,
        responded_at < reported_at as is_response_before_report
    from {{ ref('stg_csat_survey_files__contacts') }}
)

select
    source_id,
    contact_id as survey_id,
    contact_id as ticket_id,
    survey_day as sent_at,
    survey_day as recorded_at,
    survey_day as responded_at,
    score,
    -- The export names no scale; all its scores are whole numbers from 1 to 5.
    cast(1 as double) as scale_min,
    cast(5 as double) as scale_max,
    remarks as comment,
    cast(null as {{ dbt.type_string() }}) as reason,
    cast(null as {{ dbt.type_string() }}) as language,
    channel_name as survey_channel,
    case channel_name when 'Inbound' then 'phone' when 'Outcall' then 'phone' when 'Email' then 'email' end as channel,
    category as line_of_business,
    subcategory as contact_reason,
    -- Names of staff stay here: ids are hashes of them.
    substr(md5(agent_name), 1, 12) as agent_id,
    substr(md5(supervisor_name), 1, 12) as lead_id,
    tenure_band,
    -- A response before the report is a time of day that was lost, not a quick response: unknown, never 0.
    case
        when not is_response_before_report then {{ seconds(micros('responded_at') ~ ' - ' ~ micros('reported_at')) }}
    end as first_response_seconds,
    case
        when is_response_before_report then 'responded_before_reported'
        when responded_at is null then 'not_delivered'
    end as first_response_null_reason,
    load_no
from contacts
