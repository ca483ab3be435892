-- The surveys of each aggregate, and of each dimension of the monthly one, are those that are not excluded.
with surveys as (
    select source_id, count(*) as sent_count, count(case when is_responded then 1 end) as responded_count
    from {{ ref('fct_csat_responses') }}
    where not is_excluded
    group by 1
),

aggregated as (
    select source_id, 'weekly' as counted_by, sum(sent_count) as sent_count, sum(responded_count) as responded_count
    from {{ ref('agg_csat_weekly') }}
    group by 1
    union all
    select source_id, 'driver', sum(sent_count), sum(responded_count)
    from {{ ref('agg_csat_response_weekly') }}
    group by 1
    union all
    select source_id, dimension, sum(sent_count), sum(responded_count)
    from {{ ref('agg_csat_groups_monthly') }}
    group by 1, 2
)

select aggregated.*, surveys.sent_count as surveys_sent, surveys.responded_count as surveys_responded
from aggregated
full outer join surveys on aggregated.source_id = surveys.source_id
where aggregated.sent_count is distinct from surveys.sent_count
    or aggregated.responded_count is distinct from surveys.responded_count
