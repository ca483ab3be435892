-- Running time while no schedule was in force, at the moments of int_ticket_timeline and by the same sums: only
-- for tickets that lived such a time, which are few. A business value that measures any is unknown (A25, A36).
{%- set classes = sla_classes() %}
with timeline as (
    select ticket_no, tick, at_us, category, is_deleted, clock_id from {{ ref('int_ticket_timeline') }}
    where ticket_no in (select ticket_no from {{ ref('int_ticket_segments') }} where lacks_schedule)
),

stretches as (
    select
        *,
        lag(category) over by_ticket as previous_category,
        lag(is_deleted) over by_ticket as previous_is_deleted,
        lag(clock_id) over by_ticket as previous_clock_id
    from timeline
    window by_ticket as (partition by ticket_no order by at_us, tick)
),

clocked as (
    select
        stretches.*,
        {{ uncovered_us('clock', 'stretches.at_us') }} as uncovered_us,
        {{ uncovered_us('previous_clock', 'stretches.at_us') }} as previous_uncovered_us,
        {%- for class in classes %}
        case when {{ sla_class_runs(class, 'category', 'is_deleted') }} then 1 else 0 end as runs_{{ class }},
        case when {{ sla_class_runs(class, 'previous_category', 'previous_is_deleted') }} then 1 else 0 end as previous_runs_{{ class }},
        {%- endfor %}
        1 as runs_life,
        case when previous_clock_id is null then 0 else 1 end as previous_runs_life
    from stretches
    {{ join_clock('clock', 'stretches.clock_id', 'stretches.at_us') }}
    {{ join_clock('previous_clock', 'coalesce(stretches.previous_clock_id, stretches.clock_id)', 'stretches.at_us') }}
)

select
    ticket_no,
    tick,
    {%- for class in classes + ['life'] %}
    {{ running_sum(class, 'previous_uncovered_us', 'uncovered_us') }} as {{ class }}_uncovered_us{{ ',' if not loop.last }}
    {%- endfor %}
from clocked
window so_far as (partition by ticket_no order by at_us, tick rows between unbounded preceding and current row)
