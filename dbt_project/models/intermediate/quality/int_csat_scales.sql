-- The scales a source has asked on, numbered in the order they came into use.
select
    source_id,
    scale_min,
    scale_max,
    row_number() over (partition by source_id order by min(sent_us), scale_min, scale_max) as scale_no,
    min(sent_us) as first_sent_us
from {{ ref('int_csat_surveys') }}
where scale_min < scale_max
group by source_id, scale_min, scale_max
