{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    full_refresh=false,
    schema='records',
    pre_hook="{{ forget_unpublished_records() }}",
) }}
-- What was reported of closed periods, whole tables at a time: the first by the build that closed the period, another
-- one whenever a value has changed since. Appended only, and kept, on a full refresh too. An as_of that goes back
-- records nothing of a period that a later one recorded.
with present as (
    select
        int_dsa_values.reporting_period,
        int_dsa_values.row_no,
        int_dsa_values.value,
        '{{ dbt.escape_single_quotes(var('site_name')) }}' as service
    from {{ ref('int_dsa_values') }} as int_dsa_values
    inner join {{ ref('int_dsa_periods') }} as periods
        on int_dsa_values.reporting_period = periods.reporting_period
    where periods.is_closed
),

{%- if is_incremental() %}

latest_versions as (
    select reporting_period, max(version_no) as version_no, max(recorded_as_of_us) as recorded_as_of_us
    from {{ this }}
    group by 1
),

latest as (
    select records.*
    from {{ this }} as records
    inner join latest_versions
        on records.reporting_period = latest_versions.reporting_period
        and records.version_no = latest_versions.version_no
),

changed as (
    select present.reporting_period
    from present
    left join latest
        on present.reporting_period = latest.reporting_period and present.row_no = latest.row_no
    where latest.row_no is null
        or present.value is distinct from latest.value
        or present.service <> latest.service
    group by 1
),

next_versions as (
    select changed.reporting_period, coalesce(latest_versions.version_no, 0) + 1 as version_no
    from changed
    left join latest_versions on changed.reporting_period = latest_versions.reporting_period
    where coalesce(latest_versions.recorded_as_of_us, {{ beginning_us() }}) <= {{ as_of_us() }}
)
{%- else %}

next_versions as (
    select reporting_period, 1 as version_no from present group by 1
)
{%- endif %}

select
    present.reporting_period,
    cast(next_versions.version_no as int) as version_no,
    present.row_no,
    present.service,
    present.value,
    cast({{ as_of_us() }} as bigint) as recorded_as_of_us
from present
inner join next_versions on present.reporting_period = next_versions.reporting_period
