-- Every row of the template for every period. A row without a value is null: what no source delivers is not 0.
with periods as (
    select * from {{ ref('int_dsa_periods') }}
),

template as (
    select * from {{ ref('int_dsa_template') }}
),

parts as (
    {%- for part, indicator_code in dsa_parts() %}
    select '{{ part }}' as part, '{{ indicator_code }}' as indicator_code
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

delivered as (
    select
        case
            when (select count(*) from {{ ref('int_dsa_sources') }}) > 0 then true
            when count(case when entity = 'appeals' then 1 end) > 0 then true
            else false
        end as has_appeals,
        count(case when entity = 'suspensions' then 1 end) > 0 as has_suspensions
    from {{ ref('stg_site__load_report') }}
),

complaints as (
    select
        counts.reporting_period,
        parts.indicator_code,
        sum(counts.submitted_count) as submitted_count,
        sum(counts.upheld_count) as upheld_count,
        sum(counts.partially_reversed_count) as partially_reversed_count,
        sum(counts.reversed_count) as reversed_count,
        sum(counts.omitted_count) as omitted_count,
        case when sum(counts.known_implemented_count) > 0
            then {{ rate('sum(counts.implemented_count)', 'sum(counts.reversed_count + counts.partially_reversed_count)') }}
        end as implemented_rate
    from {{ ref('int_dsa_counts') }} as counts
    inner join parts on counts.part = parts.part
    group by 1, 2
),

-- by any internal complaint, also one about a notice on which nothing had been done
newly_imposed as (
    select
        reporting_period,
        case when sum(ended_count) = 0 or sum(known_new_restriction_count) > 0
            then sum(new_restriction_count)
        end as new_restriction_count
    from {{ ref('int_dsa_counts') }}
    where part <> 'disputes'
    group by 1
),

medians as (
    select * from {{ ref('int_dsa_medians') }}
),

suspended as (
    select ground, {{ micros('suspended_at') }} as suspended_us
    from {{ ref('stg_canonical__suspensions') }}
    where {{ micros('suspended_at') }} <= {{ as_of_us() }}
),

suspensions as (
    select days.reporting_period, suspended.ground, count(*) as suspension_count
    from suspended
    {{ join_dsa_period('days', 'suspended.suspended_us') }}
    group by 1, 2
)

select
    periods.reporting_period,
    template.row_no,
    template.indicator_code,
    template.scope_code,
    cast(case
        when template.indicator_code in ('illegal_content', 'unfounded_notices', 'unfounded_complaints')
            then case when delivered.has_suspensions then coalesce(suspensions.suspension_count, 0) end
        when not delivered.has_appeals then null
        when template.indicator_code = 'newly_imposed'
            then case when newly_imposed.reporting_period is null then 0 else newly_imposed.new_restriction_count end
        when template.scope_code = 'submitted' then coalesce(complaints.submitted_count, 0)
        when template.scope_code = 'upheld' then coalesce(complaints.upheld_count, 0)
        when template.scope_code = 'partially_reversed' then coalesce(complaints.partially_reversed_count, 0)
        when template.scope_code = 'reversed' then coalesce(complaints.reversed_count, 0)
        when template.scope_code = 'omitted' then coalesce(complaints.omitted_count, 0)
        when template.scope_code = 'median' then medians.median_hours
        when template.scope_code = 'implemented' then complaints.implemented_rate
    end as double) as value
from periods
cross join template
cross join delivered
left join complaints
    on periods.reporting_period = complaints.reporting_period and template.indicator_code = complaints.indicator_code
left join newly_imposed on periods.reporting_period = newly_imposed.reporting_period
left join medians
    on periods.reporting_period = medians.reporting_period and template.indicator_code = medians.indicator_code
left join suspensions
    on periods.reporting_period = suspensions.reporting_period and template.indicator_code = suspensions.ground
