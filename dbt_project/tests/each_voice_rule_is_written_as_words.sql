-- A term that is not what as_words makes of it would never be found.
with rules as (
    select * from {{ ref('voice_driver_rules') }}
)

select rule_id, term, also_term
from rules
where {{ as_words('term') }} <> ' ' || term || ' '
    or {{ as_words('also_term') }} <> ' ' || also_term || ' '
    or lower({{ dbt.split_part('language', "'-'", 1) }}) <> language
