-- Complaints pending when a period ends = those pending when it began + submitted - ended, for each part, the pending
-- ones counted one by one.
with pending as (
    select
        periods.reporting_period,
        complaints.part,
        count(case
            when complaints.submitted_us < periods.from_us
                and coalesce(complaints.ended_us, {{ end_us() }}) >= periods.from_us then 1
        end) as opening_count,
        count(case
            when complaints.submitted_us < periods.to_us
                and coalesce(complaints.ended_us, {{ end_us() }}) >= periods.to_us then 1
        end) as closing_count
    from {{ dsa_complaints() }} as complaints
    cross join {{ ref('int_dsa_periods') }} as periods
    group by 1, 2
)

select pending.*, counts.submitted_count, counts.ended_count
from pending
left join {{ ref('int_dsa_counts') }} as counts
    on pending.reporting_period = counts.reporting_period and pending.part = counts.part
where pending.opening_count + coalesce(counts.submitted_count, 0) - coalesce(counts.ended_count, 0)
    <> pending.closing_count
