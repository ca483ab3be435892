-- What ended is upheld, partially reversed, reversed or omitted, and nothing else; no more decisions are timed than
-- were made; no more outcomes are implemented than were reversed; trusted flaggers are a part of notices.
select reporting_period, part as what
from {{ ref('int_dsa_counts') }}
where ended_count <> upheld_count + partially_reversed_count + reversed_count + omitted_count
    or implemented_count > reversed_count + partially_reversed_count

union all

select medians.reporting_period, medians.indicator_code
from {{ ref('int_dsa_medians') }} as medians
left join {{ ref('int_dsa_values') }} as decided
    on medians.reporting_period = decided.reporting_period
    and medians.indicator_code = decided.indicator_code
    and decided.scope_code in ('upheld', 'partially_reversed', 'reversed')
group by 1, 2, medians.timed_count
having medians.timed_count > coalesce(sum(decided.value), 0)

union all

select flaggers.reporting_period, flaggers.scope_code
from {{ ref('int_dsa_values') }} as flaggers
inner join {{ ref('int_dsa_values') }} as notices
    on flaggers.reporting_period = notices.reporting_period and flaggers.scope_code = notices.scope_code
where flaggers.indicator_code = 'trusted_flaggers'
    and notices.indicator_code = 'notices'
    and flaggers.scope_code <> 'median'
    and flaggers.value > notices.value
