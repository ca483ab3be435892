-- The rows of fct_ticket_segments with their calendar and business time; the last one is measured to as_of.
{%- set boundaries = ['status', 'category', 'priority', 'line_of_business', 'group_id', 'assignee_id', 'schedule_id', 'is_deleted',
    'tier', 'vendor'] %}
-- status and category both: away and back within one instant, a status may have another category (A40)
with compared as (
    select
        ticket_no,
        from_us,
        {%- for column in boundaries %}
        {{ column }},
        lag({{ column }}) over by_ticket as previous_{{ column }},
        {%- endfor %}
        row_number() over by_ticket as row_no
    from {{ ref('int_ticket_intervals') }}
    window by_ticket as (partition by ticket_no order by from_us)
),

-- market and language begin no segment (A27)
starts as (
    select
        ticket_no,
        cast(row_number() over by_ticket as int) as segment_no,
        from_us,
        lead(from_us) over by_ticket as to_us,
        {{ boundaries | join(',\n        ') }}
    from compared
    where row_no = 1
        {%- for column in boundaries %}
        or {{ column }} is distinct from previous_{{ column }}
        {%- endfor %}
    window by_ticket as (partition by ticket_no order by from_us)
),

clocks as (
    select clock_id, {{ coded('source_id') }} as source_id, {{ coded('schedule_id') }} as schedule_id from {{ ref('int_clocks') }}
),

clocked as (
    select
        starts.*,
        coalesce(starts.to_us, {{ as_of_us() }}) as until_us,
        case when starts.schedule_id is null then 0 else coalesce(clocks.clock_id, 0) end as clock_id
    from starts
    inner join {{ ref('int_tickets') }} as tickets on starts.ticket_no = tickets.ticket_no
    left join clocks
        on tickets.source_id = clocks.source_id and starts.schedule_id = clocks.schedule_id
)

select
    clocked.ticket_no,
    clocked.segment_no,
    clocked.from_us,
    clocked.to_us,
    clocked.until_us,
    clocked.status,
    clocked.category,
    clocked.priority,
    clocked.line_of_business,
    clocked.group_id,
    clocked.assignee_id,
    clocked.tier,
    clocked.vendor,
    clocked.schedule_id,
    clocked.is_deleted,
    clocked.until_us - clocked.from_us as calendar_us,
    {{ uncovered_us('until_clock', 'clocked.until_us') }} - {{ uncovered_us('from_clock', 'clocked.from_us') }} > 0 as lacks_schedule,
    {{ open_us('until_clock', 'clocked.until_us') }} - {{ open_us('from_clock', 'clocked.from_us') }} as open_us
from clocked
{{ join_clock('from_clock', 'clocked.clock_id', 'clocked.from_us') }}
{{ join_clock('until_clock', 'clocked.clock_id', 'clocked.until_us') }}
