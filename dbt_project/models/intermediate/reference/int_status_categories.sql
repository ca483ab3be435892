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

spans as (
    {{ validity_spans('mapped', ['source_id', 'status']) }}
),

ranked as (
    select
        spans.source_id,
        spans.status,
        spans.valid_from_us,
        spans.valid_to_us,
        mapped.category,
        row_number() over (
            partition by spans.source_id, spans.status, spans.valid_from_us
            order by mapped.valid_from_us desc, mapped.valid_to_us desc, mapped.category
        ) as choice_no
    from spans
    left join mapped
        on spans.source_id = mapped.source_id
        and spans.status = mapped.status
        and mapped.valid_from_us <= spans.valid_from_us
        and spans.valid_from_us < mapped.valid_to_us
)

select
    source_id,
    status,
    valid_from_us,
    valid_to_us,
    -- null = no row in force then
    category
from ranked
where choice_no = 1
