-- A period's table has every row of the template once in each version, versions are numbered without gaps, and
-- exactly one is current.
with versions as (
    select
        reporting_period,
        version_no,
        count(distinct row_no) as row_count,
        count(*) as found_count,
        max(case when is_current then 1 else 0 end) as is_current
    from {{ ref('rpt_dsa_appeals') }}
    group by 1, 2
),

template as (
    select count(*) as row_count from {{ ref('int_dsa_template') }}
)

select versions.reporting_period, 'rows' as what
from versions
cross join template
where versions.row_count <> template.row_count or versions.found_count <> template.row_count

union all

select reporting_period, 'versions'
from versions
group by 1
having sum(is_current) <> 1 or max(version_no) <> count(*) or min(version_no) <> 1

union all

select periods.reporting_period, 'missing'
from {{ ref('int_dsa_periods') }} as periods
left join versions on periods.reporting_period = versions.reporting_period
where versions.reporting_period is null
