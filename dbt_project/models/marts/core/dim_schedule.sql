with schedule_rows as (
    select distinct
        consumer_id as source_id,
        schedule_id,
        name,
        timezone,
        weekday,
        opens_at,
        closes_at,
        coalesce(is_default, false) as is_default,
        valid_from,
        valid_to
    from ({{ as_seen_by_sources('stg_canonical__schedules', 'schedule_id') }}) as schedules
),

versions as (
    select
        source_id,
        schedule_id,
        timezone,
        is_default,
        valid_from,
        valid_to,
        min(name) as name,
        count(weekday) as window_count,
        {{ joined(
            "case weekday when 1 then 'Mon ' when 2 then 'Tue ' when 3 then 'Wed ' when 4 then 'Thu ' when 5 then 'Fri ' when 6 then 'Sat ' when 7 then 'Sun ' end || opens_at || '-' || closes_at",
            '; ', ['weekday', 'opens_at', 'closes_at']) }} as weekly_windows
    from schedule_rows
    group by
        source_id,
        schedule_id,
        timezone,
        is_default,
        valid_from,
        valid_to
)

select
    {{ cell_key(['source_id', 'schedule_id', 'timezone', 'is_default', 'valid_from', 'valid_to']) }} as schedule_key,
    source_id,
    schedule_id,
    name,
    timezone,
    is_default,
    window_count,
    weekly_windows,
    {{ instant(micros('valid_from')) }} as valid_from,
    {{ instant(micros('valid_to')) }} as valid_to,
    {{ valid_from_us() }} <= {{ as_of_us() }} and {{ as_of_us() }} < {{ valid_to_us() }} as is_current
from versions
