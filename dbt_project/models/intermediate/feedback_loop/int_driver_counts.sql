-- What is counted per driver and week. Each case is a row here, so that a minor's ticket counts once in
-- minor_count, in whichever of the counts it appears.
with tickets as (
    select * from {{ ref('fct_tickets') }} where not is_excluded
),

cases as (
    select
        ticket_key,
        {{ micros('created_at') }} as at_us,
        1 as contact_count,
        reopen_count,
        case when reopen_count > 0 then 1 else 0 end as reopened_count,
        agent_reply_count
    from tickets
),

dated as (
    select
        cases.*,
        {{ driver_key('tickets') }} as driver_key,
        {{ level_key('reason', 'tickets') }} as reason_key,
        tickets.source_id,
        {%- for column in driver_dimensions() %}
        tickets.{{ column }},
        {%- endfor %}
        tickets.is_minor,
        site_days.week_start_date
    from cases
    inner join tickets on cases.ticket_key = tickets.ticket_key
    {{ join_site_day('site_days', 'cases.at_us') }}
)

select
    driver_key,
    week_start_date,
    min(reason_key) as reason_key,
    min(source_id) as source_id,
    {%- for column in driver_dimensions() %}
    min({{ column }}) as {{ column }},
    {%- endfor %}
    count(distinct case when is_minor then ticket_key end) as minor_count,
    {%- for count in ['contact', 'reopen', 'reopened', 'agent_reply'] %}
    cast(sum({{ count }}_count) as bigint) as {{ count }}_count{{ ',' if not loop.last }}
    {%- endfor %}
from dated
group by
    driver_key,
    week_start_date
