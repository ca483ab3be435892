{{ config(materialized='view') }}
-- Quality reviews that count in the quality score, in the week they were made, at the place the agent had on the
-- roster when they did the work. A review of a complaint stands where the complaint does (int_team_appeals).
with homes as (
    {{ agent_homes() }}
)

select
    coalesce(tickets.source_id, appeals.source_id, reviews.source_id) as source_id,
    coalesce(reviews.ticket_key, appeals.ticket_key, reviews.appeal_key, reviews.review_key) as ticket_key,
    subjects.worked_us as at_us,
    reviews.reviewed_week_date as week_start_date,
    case when appeals.appeal_key is not null then tickets.line_of_business else reviews.line_of_business end as line_of_business,
    reviews.language,
    reviews.tier,
    reviews.vendor,
    homes.agent_source_id,
    reviews.agent_id,
    reviews.is_minor,
    reviews.score,
    reviews.sampling_weight
from {{ ref('fct_quality_reviews') }} as reviews
inner join {{ ref('int_quality_subjects') }} as subjects on reviews.review_key = subjects.review_key
left join {{ ref('fct_appeals') }} as appeals on reviews.appeal_key = appeals.appeal_key
left join {{ ref('fct_tickets') }} as tickets on coalesce(reviews.ticket_key, appeals.ticket_key) = tickets.ticket_key
inner join homes on reviews.source_id = homes.source_id
where reviews.is_in_iqs
