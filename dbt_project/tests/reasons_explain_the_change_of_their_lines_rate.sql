-- Share shift and rate effect of all reasons are the change of the rate of the line of business.
select
    insight_key,
    sum(share_shift + rate_effect) as explained,
    max(line_now_rate - line_past_rate) as changed
from {{ ref('int_insight_decomposition') }}
group by insight_key
having abs(sum(share_shift + rate_effect) - max(line_now_rate - line_past_rate)) > 1e-9
