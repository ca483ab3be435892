-- The reporting periods: the half-years from the first complaint or suspension to as_of, and those asked for by the
-- variable dsa_reporting_periods. A period is whole days of the site's zone.
with appeals as (
    select min(submitted_at) as first_at from {{ ref('fct_appeals') }}
),

suspensions as (
    select min(suspended_at) as first_at from {{ ref('stg_canonical__suspensions') }}
),

beginning as (
    select min({{ micros('first_at') }}) as first_us
    from (select first_at from appeals union all select first_at from suspensions) as found
    where {{ micros('first_at') }} <= {{ as_of_us() }}
),

-- two days of margin on either side: where a day begins is the zone's matter
first_and_last as (
    select
        first_us,
        {{ date_of_number(day_number('first_us') ~ ' - 2') }} as first_date,
        {{ date_of_number(day_number(as_of_us() | string) ~ ' + 2') }} as last_date
    from beginning
    where first_us is not null
),

half_years as (
    {{ integer_series(
        '(select 2 * min(extract(year from first_date)) from first_and_last)',
        '(select 2 * max(extract(year from last_date)) + 1 from first_and_last)',
        'half_no'
    ) }}
),

wanted as (
    {%- if var('dsa_half_years') %}
    select
        {{ date_of_half('half_no') }} as from_date,
        {{ date_of_half('half_no + 1') }} as after_date,
        false as is_asked_for
    from half_years
    union all
    {%- endif %}
    {%- for period in var('dsa_reporting_periods') %}
    select
        cast('{{ period.split('/')[0] }}' as date) as from_date,
        cast({{ dbt.dateadd('day', 1, "cast('" ~ period.split('/')[1] ~ "' as date)") }} as date) as after_date,
        true as is_asked_for
    union all
    {%- endfor %}
    select cast(null as date) as from_date, cast(null as date) as after_date, false as is_asked_for
    where 1 = 0
),

bounds as (
    select from_date as bound_date from wanted
    union
    select after_date from wanted
),

walls as (
    select
        bound_date,
        {{ micros("cast(bound_date as timestamp)") }} as wall_us
    from bounds
),

offsets as (
    select * from {{ ref('stg_site__timezone_offsets') }} where timezone = '{{ var('site_timezone') }}'
),

-- a day begins where its midnight first shows on the wall clock
midnights as (
    select walls.bound_date, min({{ first_occurrence('walls.wall_us') }}) as at_us
    from walls
    inner join offsets
        on offsets.utc_to_us > walls.wall_us - 2 * {{ us_per_day() }}
        and offsets.utc_from_us < walls.wall_us + 2 * {{ us_per_day() }}
    group by 1
),

placed as (
    select
        wanted.from_date,
        cast({{ dbt.dateadd('day', -1, 'wanted.after_date') }} as date) as to_date,
        begins.at_us as from_us,
        ends.at_us as to_us,
        max(case when wanted.is_asked_for then 1 else 0 end) as is_asked_for
    from wanted
    inner join midnights as begins on wanted.from_date = begins.bound_date
    inner join midnights as ends on wanted.after_date = ends.bound_date
    group by 1, 2, 3, 4
)

select
    concat(cast(placed.from_date as {{ dbt.type_string() }}), '/', cast(placed.to_date as {{ dbt.type_string() }})) as reporting_period,
    placed.from_date,
    placed.to_date,
    placed.from_us,
    placed.to_us,
    placed.to_us <= {{ as_of_us() }} as is_closed
from placed
left join first_and_last on 1 = 1
where placed.from_us < placed.to_us
    and (
        placed.is_asked_for = 1
        or (placed.to_us > first_and_last.first_us and placed.from_us <= {{ as_of_us() }})
    )
