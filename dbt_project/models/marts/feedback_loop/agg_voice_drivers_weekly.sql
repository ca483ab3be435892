{%- set row = ['source_id', 'week_start_date', 'line_of_business', 'contact_reason', 'market', 'language', 'platform'] %}
{%- set whole = ['source_id', 'week_start_date', 'market', 'language', 'platform'] %}
with items as (
    select * from {{ ref('fct_voice_items') }}
),

drivers as (
    select
        {{ row | join(',\n        ') }},
        channel,
        count(*) as item_count,
        count(rating_normalised) as rated_count,
        count(case when is_satisfied then 1 end) as satisfied_count,
        count(case when is_dissatisfied then 1 end) as dissatisfied_count,
        avg(case when rating_normalised is not null then rating end) as mean_rating
    from items
    group by
        {{ row | join(',\n        ') }},
        channel
),

shared as (
    select
        *,
        sum(item_count) over (partition by {{ whole | join(', ') }}) as all_item_count
    from drivers
)

select
    {{ cell_key(row) }} as voice_driver_week_key,
    {{ row | join(',\n    ') }},
    channel,
    {{ is_complete('week_start_date') }} as is_complete_week,
    item_count,
    cast(all_item_count as bigint) as all_item_count,
    1e0 * item_count / all_item_count as item_rate,
    rated_count,
    satisfied_count,
    dissatisfied_count,
    mean_rating
from shared
