with surveys as (
    select * from {{ ref('int_csat_surveys') }}
),

attributions as (
    select * from {{ ref('int_csat_attributions') }}
),

tickets as (
    select * from {{ ref('fct_tickets') }}
),

solves as (
    select * from {{ ref('fct_ticket_solves') }}
),

scales as (
    select * from {{ ref('int_csat_scales') }}
),

joined as (
    select
        attributions.survey_key,
        attributions.ticket_key,
        attributions.solve_no,
        surveys.*,
        tickets.source_id as ticket_source_id,
        tickets.is_minor as ticket_is_minor,
        coalesce(tickets.is_excluded, false) as is_excluded,
        tickets.exclusion_reason,
        tickets.requester_segment,
        {{ micros('solves.solved_at') }} as solved_us,
        {{ micros('solves.reopened_at') }} as reopened_us,
        case when attributions.ticket_key is null then surveys.agent_id else solves.assignee_id end as credited_agent_id,
        solves.group_id,
        solves.tier,
        solves.vendor,
        {%- for column in ['line_of_business', 'market', 'language'] %}
        case
            when attributions.solve_no is not null then solves.{{ column }}
            when attributions.ticket_key is not null then tickets.{{ column }}
            {%- if column != 'market' %}
            else surveys.{{ column }}
            {%- endif %}
        end as credited_{{ column }},
        {%- endfor %}
        coalesce(tickets.channel, surveys.channel) as contact_channel,
        coalesce(tickets.contact_reason, surveys.contact_reason) as credited_contact_reason,
        scales.scale_no,
        coalesce(tickets.first_reply_seconds_calendar, surveys.first_response_seconds) as first_reply_seconds_calendar,
        case
            when tickets.is_unreplied then 'no_reply'
            -- a ticket that is not unreplied and has no first reply: nothing started its first-reply clock (A10)
            else coalesce(surveys.first_response_null_reason, case when tickets.ticket_key is not null then 'no_clock' end)
        end as first_reply_null_reason,
        surveys.answer_count > 0 and surveys.score_normalised is not null as is_responded
    from attributions
    inner join surveys on attributions.source_id = surveys.source_id and attributions.survey_id = surveys.survey_id
    left join tickets on attributions.ticket_key = tickets.ticket_key
    left join solves on attributions.ticket_key = solves.ticket_key and attributions.solve_no = solves.solve_no
    left join scales
        on surveys.source_id = scales.source_id
        and surveys.scale_min = scales.scale_min
        and surveys.scale_max = scales.scale_max
)

select
    joined.survey_key,
    joined.source_id,
    joined.survey_id,
    joined.ticket_key,
    joined.ticket_id,
    {{ instant('joined.sent_us') }} as sent_at,
    site_days.site_date as sent_date,
    site_days.week_start_date as sent_week_date,
    {{ instant('joined.responded_us') }} as responded_at,
    {{ instant('joined.recorded_us') }} as recorded_at,
    {{ instant('joined.first_recorded_us') }} as first_recorded_at,
    joined.score,
    joined.first_score,
    joined.scale_min,
    joined.scale_max,
    cast(joined.scale_no as int) as scale_no,
    joined.score_normalised,
    case when joined.is_responded then joined.score_normalised >= 0.75 end as is_satisfied,
    case when joined.is_responded then joined.score_normalised <= 0.25 end as is_dissatisfied,
    joined.is_responded,
    joined.answer_count > 0 and not joined.is_responded as has_unusable_score,
    joined.is_standalone as is_answered_only,
    joined.answer_count = 0
    and joined.sent_us + cast({{ var('csat_expiry_days') }} as bigint) * {{ us_per_day() }} <= {{ as_of_us() }} as is_expired,
    joined.answer_count,
    joined.answer_count > 1 as is_rerated,
    joined.rerating_direction,
    joined.first_score_normalised,
    cast(joined.solve_no as int) as solve_no,
    {{ instant('joined.solved_us') }} as solved_at,
    joined.reopened_us is not null as is_reopened_since,
    joined.credited_agent_id as agent_id,
    joined.group_id,
    joined.tier,
    joined.vendor,
    coalesce(staffing.lead_id, joined.lead_id) as lead_id,
    coalesce(
        {{ tenure_band(dbt.datediff('staffing.hired_on', 'site_days.site_date', 'day')) }},
        joined.tenure_band
    ) as tenure_band,
    joined.credited_line_of_business as line_of_business,
    joined.credited_contact_reason as contact_reason,
    joined.credited_market as market,
    joined.credited_language as language,
    joined.contact_channel as channel,
    joined.survey_channel,
    joined.requester_segment,
    joined.first_reply_seconds_calendar,
    case when joined.first_reply_seconds_calendar is null then joined.first_reply_null_reason end as first_reply_null_reason,
    case when not coalesce(joined.ticket_is_minor, false) then joined.comment end as comment,
    case when not coalesce(joined.ticket_is_minor, false) then joined.reason end as reason,
    coalesce(joined.ticket_is_minor, false) as is_minor,
    joined.is_excluded,
    joined.exclusion_reason
from joined
{{ join_site_day('site_days', 'joined.sent_us') }}
left join {{ ref('int_agent_staffing') }} as staffing
    on coalesce(joined.ticket_source_id, joined.source_id) = staffing.source_id
    and joined.credited_agent_id = staffing.agent_id
    and staffing.valid_from_us <= coalesce(joined.solved_us, joined.sent_us)
    and coalesce(joined.solved_us, joined.sent_us) < staffing.valid_to_us
