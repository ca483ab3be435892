-- What was raised stays: no insight of the record is lost on the way to fct_insights.
select records.insight_key
from {{ ref('int_insight_records') }} as records
left join {{ ref('fct_insights') }} as insights on records.insight_key = insights.insight_key
where insights.insight_key is null and records.detected_us <= {{ as_of_us() }}
