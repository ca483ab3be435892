-- One clock per schedule of a source, and one per source that follows its default schedule (schedule_id null).
with named as (
    select distinct source_id, schedule_id from {{ ref('int_schedule_rows') }}
    union all
    select distinct source_id, cast(null as {{ dbt.type_string() }}) from {{ ref('int_default_schedules') }}
)

select
    cast(row_number() over (order by source_id, schedule_id nulls last) as int) as clock_id,
    source_id,
    schedule_id
from named
