with days as (
    select distinct date_no, site_date, week_start_date, month_start_date, from_us, to_us from {{ ref('int_site_days') }}
)

select
    md5(cast(site_date as {{ dbt.type_string() }})) as date_key,
    site_date as calendar_date,
    cast(extract(year from site_date) as int) as calendar_year,
    cast(extract(quarter from site_date) as int) as quarter_no,
    cast(extract(month from site_date) as int) as calendar_month,
    cast((date_no + 3) % 7 + 1 as int) as weekday,
    (date_no + 3) % 7 >= 5 as is_weekend,
    week_start_date,
    month_start_date,
    cast({{ dbt.date_trunc('quarter', 'site_date') }} as date) as quarter_start_date,
    cast(
        case
            when extract(month from site_date) <= 6 then {{ dbt.date_trunc('year', 'site_date') }}
            else {{ dbt.dateadd('month', 6, dbt.date_trunc('year', 'site_date')) }}
        end as date
    ) as half_year_start_date,
    cast({{ dbt.date_trunc('year', 'site_date') }} as date) as year_start_date,
    {{ instant('from_us') }} as starts_at,
    {{ instant('to_us') }} as ends_at,
    {{ seconds('to_us - from_us') }} as day_seconds
from days
