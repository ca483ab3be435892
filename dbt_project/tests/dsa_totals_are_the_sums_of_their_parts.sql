-- Total of internal complaints = the parts the filing rule includes, and those about a decision that nobody knows, which
-- no part can take; for each count of the table. Trusted flaggers are not summed: they are among the notices.
with counted as (
    select
        reporting_period,
        scope_code,
        sum(case when indicator_code = 'total' then value end) as total,
        sum(case
            when indicator_code in ('visibility', 'service', 'account', 'monetisation'
                {{- ", 'notices'" if var('dsa_total_includes_notices') }})
            then value
        end) as parts
    from {{ ref('int_dsa_values') }}
    where scope_code in ('submitted', 'upheld', 'partially_reversed', 'reversed')
    group by 1, 2
),

unknown as (
    select
        reporting_period,
        {%- for scope in ['submitted', 'upheld', 'partially_reversed', 'reversed'] %}
        {{ scope }}_count as {{ scope }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_dsa_counts') }}
    where part = 'unknown'
)

select counted.*
from counted
left join unknown on counted.reporting_period = unknown.reporting_period
where counted.total <> counted.parts + coalesce(
    case counted.scope_code
        {%- for scope in ['submitted', 'upheld', 'partially_reversed', 'reversed'] %}
        when '{{ scope }}' then unknown.{{ scope }}
        {%- endfor %}
    end, 0)
