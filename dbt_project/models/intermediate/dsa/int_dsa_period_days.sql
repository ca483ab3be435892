-- Reporting periods cut at UTC midnights, so that an instant finds its periods by an equi-join (join_dsa_period).
with periods as (
    select * from {{ ref('int_dsa_periods') }}
),

days as (
    {{ integer_series(
        '(select ' ~ day_number('min(from_us)') ~ ' from periods)',
        '(select ' ~ day_number('max(to_us)') ~ ' from periods)',
        'utc_day_no'
    ) }}
)

select
    periods.reporting_period,
    days.utc_day_no,
    periods.from_us,
    periods.to_us
from periods
inner join days
    on days.utc_day_no >= {{ day_number('periods.from_us') }}
    and days.utc_day_no <= {{ day_number('periods.to_us - 1') }}
