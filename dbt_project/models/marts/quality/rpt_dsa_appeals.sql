-- Closed periods are read from the record of what was reported, so that the mart and the record cannot differ;
-- periods that still run show what is known so far.
with records as (
    select * from {{ ref('int_dsa_records') }}
),

latest as (
    select reporting_period, max(version_no) as version_no from records group by 1
),

recorded as (
    select
        records.reporting_period,
        records.version_no,
        records.row_no,
        records.service,
        records.value,
        records.recorded_as_of_us,
        records.version_no = latest.version_no as is_current,
        true as is_closed
    from records
    inner join latest on records.reporting_period = latest.reporting_period
),

running as (
    select
        int_dsa_values.reporting_period,
        1 as version_no,
        int_dsa_values.row_no,
        '{{ dbt.escape_single_quotes(var('site_name')) }}' as service,
        int_dsa_values.value,
        cast(null as bigint) as recorded_as_of_us,
        true as is_current,
        false as is_closed
    from {{ ref('int_dsa_values') }} as int_dsa_values
    left join latest on int_dsa_values.reporting_period = latest.reporting_period
    where latest.reporting_period is null
),

reported as (
    select * from recorded
    union all
    select * from running
)

select
    {{ surrogate_key([
        'reported.reporting_period',
        'cast(reported.version_no as ' ~ dbt.type_string() ~ ')',
        'cast(reported.row_no as ' ~ dbt.type_string() ~ ')',
    ]) }} as dsa_appeals_key,
    reported.reporting_period,
    reported.service,
    template.section,
    template.indicator,
    template.scope,
    reported.value,
    reported.row_no,
    cast({{ dbt.split_part('reported.reporting_period', "'/'", 1) }} as date) as period_start_date,
    cast({{ dbt.split_part('reported.reporting_period', "'/'", 2) }} as date) as period_end_date,
    cast(reported.version_no as int) as version_no,
    reported.is_current,
    reported.is_closed,
    {{ instant('reported.recorded_as_of_us') }} as recorded_as_of
from reported
inner join {{ ref('int_dsa_template') }} as template on reported.row_no = template.row_no
