-- The last instant at which the elapsed time of a row was within its target, for rows that went over it: in
-- the stretch of the ticket's timeline in which its running time passes start + target (A21). Where that
-- stretch runs in business hours the inverse clock tells the instant.
with over_target as (
    select
        ticket_no,
        metric,
        instance_no,
        version_no,
        hours,
        start_running_us + target_us as passing_us,
        start_uncovered_us
    from {{ ref('int_sla_elapsed') }}
    where is_over_target
),

timeline as (
    select
        *
        {%- for class in sla_classes() %}
        {%- for measure in ['calendar', 'open'] %},
        lead({{ class }}_{{ measure }}_us) over by_ticket as next_{{ class }}_{{ measure }}_us
        {%- endfor %}
        {%- endfor %}
    from {{ ref('int_ticket_timeline') }}
    where ticket_no in (select ticket_no from over_target)
    window by_ticket as (partition by ticket_no order by at_us, tick)
),

-- running time only grows, so exactly one stretch holds the value
passed as (
    {%- for class in sla_classes() %}
    {%- for hours, measure in [('calendar', 'calendar'), ('business', 'open')] %}
    select
        over_target.ticket_no,
        over_target.metric,
        over_target.instance_no,
        over_target.version_no,
        over_target.hours,
        timeline.at_us,
        timeline.clock_id,
        timeline.clock_open_us,
        over_target.passing_us - timeline.{{ class }}_{{ measure }}_us as remaining_us,
        coalesce(uncovered.{{ class }}_uncovered_us, 0) - over_target.start_uncovered_us as uncovered_before_us
    from over_target
    inner join timeline
        on over_target.ticket_no = timeline.ticket_no
        and timeline.{{ class }}_{{ measure }}_us <= over_target.passing_us
        and over_target.passing_us < timeline.next_{{ class }}_{{ measure }}_us
    left join {{ ref('int_ticket_uncovered') }} as uncovered
        on timeline.ticket_no = uncovered.ticket_no and timeline.tick = uncovered.tick
    where over_target.hours = '{{ hours }}' and over_target.metric in ({{ metrics_of_class(class) }})
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    passed.ticket_no,
    passed.metric,
    passed.instance_no,
    passed.version_no,
    case
        when passed.hours = 'business' then {{ instant_after_open_us('piece', 'passed.clock_open_us + passed.remaining_us') }}
        else passed.at_us + passed.remaining_us
    end as passed_us,
    -- business time passed only after an instant without schedule is no breach (A25)
    passed.hours = 'business'
    and passed.uncovered_before_us + piece.uncovered_before_us - {{ uncovered_us('clock', 'passed.at_us') }} > 0 as lacks_schedule_before
from passed
{{ join_clock('clock', 'passed.clock_id', 'passed.at_us') }}
{{ join_clock_inverse('piece', 'passed.clock_id', 'passed.clock_open_us + passed.remaining_us') }}
