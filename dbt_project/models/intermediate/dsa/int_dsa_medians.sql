-- Median time from submission to notification of what was decided in each period, per row of the table. Medians of
-- parts do not add up to that of the whole, so each complaint stands here once for every row it counts in.
with parts as (
    {%- for part, indicator_code in dsa_parts() %}
    select '{{ part }}' as part, '{{ indicator_code }}' as indicator_code
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    days.reporting_period,
    parts.indicator_code,
    count(*) as timed_count,
    {{ percentile_of(percentiles('complaints.ended_us - complaints.submitted_us', [0.5]), 0) }} / 3600e6 as median_hours
from {{ dsa_complaints() }} as complaints
{{ join_dsa_period('days', 'complaints.ended_us') }}
inner join parts on complaints.part = parts.part
where complaints.is_decided and complaints.is_timed
group by 1, 2
