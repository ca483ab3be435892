-- What came in and what ended in each period, by kind of complaint: submitted by submission, ended by notification.
with submitted as (
    select days.reporting_period, complaints.part, count(*) as submitted_count
    from {{ dsa_complaints() }} as complaints
    {{ join_dsa_period('days', 'complaints.submitted_us') }}
    group by 1, 2
),

ended as (
    select
        days.reporting_period,
        complaints.part,
        count(*) as ended_count,
        count(case when complaints.outcome = 'upheld' then 1 end) as upheld_count,
        count(case when complaints.outcome = 'partially_reversed' then 1 end) as partially_reversed_count,
        count(case when complaints.outcome = 'reversed' then 1 end) as reversed_count,
        -- a withdrawn complaint led to no decision either
        count(case when complaints.outcome in ('omitted', 'withdrawn') then 1 end) as omitted_count,
        count(complaints.new_restriction) as known_new_restriction_count,
        count(case when complaints.new_restriction then 1 end) as new_restriction_count,
        count(case when complaints.outcome in ('reversed', 'partially_reversed') then complaints.ods_implemented end)
            as known_implemented_count,
        count(case when complaints.outcome in ('reversed', 'partially_reversed') and complaints.ods_implemented then 1 end)
            as implemented_count
    from {{ dsa_complaints() }} as complaints
    {{ join_dsa_period('days', 'complaints.ended_us') }}
    group by 1, 2
)

select
    coalesce(submitted.reporting_period, ended.reporting_period) as reporting_period,
    coalesce(submitted.part, ended.part) as part,
    coalesce(submitted.submitted_count, 0) as submitted_count,
    {%- for column in ['ended', 'upheld', 'partially_reversed', 'reversed', 'omitted', 'known_new_restriction',
        'new_restriction', 'known_implemented', 'implemented'] %}
    coalesce(ended.{{ column }}_count, 0) as {{ column }}_count{{ ',' if not loop.last }}
    {%- endfor %}
from submitted
full outer join ended on submitted.reporting_period = ended.reporting_period and submitted.part = ended.part
