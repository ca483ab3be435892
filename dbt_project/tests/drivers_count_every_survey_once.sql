-- Surveys of the drivers, sent and answered, are those that are not excluded.
with surveys as (
    select
        count(*) as sent_count,
        count(case when is_responded then 1 end) as responded_count
    from {{ ref('fct_csat_responses') }}
    where not is_excluded
),

drivers as (
    select
        coalesce(sum(survey_sent_count), 0) as sent_count,
        coalesce(sum(survey_responded_count), 0) as responded_count
    from {{ ref('fct_contact_drivers_weekly') }}
)

select drivers.*, surveys.sent_count as surveys_sent, surveys.responded_count as surveys_responded
from drivers
cross join surveys
where drivers.sent_count <> surveys.sent_count or drivers.responded_count <> surveys.responded_count
