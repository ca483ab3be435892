-- Which schedule is a source's default at each instant (A35): the default row in force with the lowest
-- schedule_id. The intervals of a source cover all time; schedule_id is null where no default is in force.
with default_rows as (
    select * from {{ ref('int_schedule_rows') }}
    where is_default and valid_from_us < valid_to_us
),

bounds as (
    select source_id, valid_from_us as at_us from default_rows
    union
    select source_id, valid_to_us from default_rows
    union
    select distinct source_id, cast({{ beginning_us() }} as bigint) from {{ ref('stg_site__source_references') }}
),

spans as (
    select
        source_id,
        at_us as valid_from_us,
        coalesce(lead(at_us) over (partition by source_id order by at_us), {{ end_us() }}) as valid_to_us
    from bounds
    where at_us < {{ end_us() }}
),

chosen as (
    select
        spans.source_id,
        spans.valid_from_us,
        spans.valid_to_us,
        min(default_rows.schedule_id) as schedule_id
    from spans
    left join default_rows
        on spans.source_id = default_rows.source_id
        and default_rows.valid_from_us <= spans.valid_from_us
        and spans.valid_from_us < default_rows.valid_to_us
    group by 1, 2, 3
),

compared as (
    select
        *,
        lag(schedule_id) over (partition by source_id order by valid_from_us) as previous_schedule_id,
        row_number() over (partition by source_id order by valid_from_us) as span_no
    from chosen
),

changes as (
    select * from compared
    where span_no = 1 or schedule_id is distinct from previous_schedule_id
)

select
    source_id,
    schedule_id,
    valid_from_us,
    coalesce(lead(valid_from_us) over (partition by source_id order by valid_from_us), {{ end_us() }}) as valid_to_us
from changes
