-- The category a status has at each instant, gaps filled by the six category names themselves (A40).
-- Overlapping rows: the one with the latest valid_from.
with mapped as (
    select
        consumer_id as source_id,
        status,
        category,
        {{ valid_from_us() }} as valid_from_us,
        {{ valid_to_us() }} as valid_to_us
    from ({{ as_seen_by_sources('stg_canonical__status_map', 'status') }}) as status_rows
    where {{ valid_from_us() }} < {{ valid_to_us() }}
),

in_force as (
    {{ latest_in_force('mapped', ['source_id', 'status'], ['category']) }}
)

select
    source_id,
    status,
    valid_from_us,
    valid_to_us,
    -- null = no row in force then
    category
from in_force
