with lines_of_business as (
    {{ as_seen_by_sources('stg_canonical__lines_of_business', 'line_of_business') }}
)

select
    {{ cell_key(['consumer_id', 'line_of_business']) }} as line_of_business_key,
    consumer_id as source_id,
    line_of_business,
    min(name) as name,
    min(owner_id) as owner_id,
    min(owner_team) as owner_team
from lines_of_business
group by
    consumer_id,
    line_of_business
