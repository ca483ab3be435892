-- What the clocks of a ticket react to, in order, each row with the running time so far: for every class of
-- categories an SLA metric runs in, how long the ticket had run at that moment since its creation, on the
-- wall clock (_calendar_us) and in open hours (_open_us). The elapsed time of any SLA is then a difference of
-- two rows; what had no schedule is in int_ticket_uncovered.
--
-- Running time is a sum over stretches of F(end) - F(start) for the stretches that run, F being the clock.
-- Summed by parts it is a sum over the moments where running starts or stops: + F where it stops, - F where
-- it starts. One pass over the rows is enough, and integers keep it exact.
{%- set classes = sla_classes() %}
with tickets as (
    select * from {{ ref('int_tickets') }}
),

clocks as (
    select clock_id, {{ coded('source_id') }} as source_id, {{ coded('schedule_id') }} as schedule_id from {{ ref('int_clocks') }}
),

-- a ticket without schedule follows the default clock of its source; an unknown schedule is clock 0
initial_clocks as (
    select initial.ticket_no, coalesce(clocks.clock_id, 0) as clock_id
    from {{ ref('int_ticket_initial_values') }} as initial
    inner join tickets on initial.ticket_no = tickets.ticket_no
    left join clocks
        on tickets.source_id = clocks.source_id and initial.schedule_id is not distinct from clocks.schedule_id
),

schedule_changes as (
    select events.ticket_no, events.event_no, events.at_us, coalesce(clocks.clock_id, 0) as clock_id
    from {{ ref('int_ticket_events') }} as events
    inner join tickets on events.ticket_no = tickets.ticket_no
    left join clocks
        on tickets.source_id = clocks.source_id and events.value is not distinct from clocks.schedule_id
    where events.kind = 'schedule' and not events.is_future
),

moments as (
    select
        status_changes.ticket_no,
        0 as tick,
        status_changes.at_us,
        {{ coded("'created'") }} as kind,
        status_changes.category,
        initial_clocks.clock_id,
        false as is_deleted
    from {{ ref('int_ticket_status_changes') }} as status_changes
    inner join initial_clocks on status_changes.ticket_no = initial_clocks.ticket_no
    where status_changes.event_no = 0
    union all
    select
        ticket_no,
        event_no * 2,
        at_us,
        {{ coded("case when is_solve then 'solve' when is_reopen then 'reopen' else 'status' end") }},
        category,
        null,
        null
    from {{ ref('int_ticket_status_changes') }}
    where event_no > 0
    union all
    select ticket_no, event_no * 2, at_us, {{ coded("'schedule'") }}, null, clock_id, null from schedule_changes
    union all
    select ticket_no, event_no * 2, at_us, kind, null, null, kind = 'delete' from {{ ref('int_ticket_events') }}
    where kind in ('delete', 'restore') and not is_future
    union all
    select ticket_no, event_no * 2, at_us, {{ coded("case when is_reply then 'reply' else 'question' end") }}, null, null, null
    from {{ ref('int_ticket_messages') }}
    where is_reply or is_question
    union all
    select ticket_no, {{ merged_tick() }}, merged_us, {{ coded("'merged'") }}, null, null, null from {{ ref('int_ticket_endings') }}
    where merged_us is not null
    union all
    select ticket_no, tick, from_us, {{ coded("'policy'") }}, null, null, null from {{ ref('int_sla_evaluations') }}
    where evaluation_no > 1
    union all
    -- clocks that still run are read at as_of
    select ticket_no, {{ as_of_tick() }}, {{ as_of_us() }}, {{ coded("'as_of'") }}, null, null, null from {{ ref('int_ticket_status_changes') }}
    where is_current and not is_resolved
),

carried as (
    select
        ticket_no,
        tick,
        at_us,
        kind,
        last_value(category ignore nulls) over so_far as category,
        last_value(clock_id ignore nulls) over so_far as clock_id,
        last_value(is_deleted ignore nulls) over so_far as is_deleted,
        last_value(category ignore nulls) over before as previous_category,
        last_value(clock_id ignore nulls) over before as previous_clock_id,
        last_value(is_deleted ignore nulls) over before as previous_is_deleted
    from moments
    window
        so_far as (partition by ticket_no order by at_us, tick rows between unbounded preceding and current row),
        before as (partition by ticket_no order by at_us, tick rows between unbounded preceding and 1 preceding)
),

clocked as (
    select
        carried.*,
        {{ open_us('clock', 'carried.at_us') }} as open_us,
        -- the stretch before a change of schedule is read on the clock it ran by
        coalesce({{ open_us('previous_clock', 'carried.at_us') }}, {{ open_us('clock', 'carried.at_us') }}) as previous_open_us,
        {%- for class in classes %}
        case when {{ sla_class_runs(class, 'category', 'is_deleted') }} then 1 else 0 end as runs_{{ class }},
        case when {{ sla_class_runs(class, 'previous_category', 'previous_is_deleted') }} then 1 else 0 end as previous_runs_{{ class }},
        {%- endfor %}
        1 as runs_life,
        case when kind = 'created' then 0 else 1 end as previous_runs_life
    from carried
    {{ join_clock('clock', 'carried.clock_id', 'carried.at_us') }}
    {{ join_clock('previous_clock', 'case when carried.previous_clock_id <> carried.clock_id then carried.previous_clock_id end',
        'carried.at_us', type='left') }}
)

select
    ticket_no,
    tick,
    at_us,
    kind,
    category,
    is_deleted,
    clock_id,
    {%- for class in classes %}
    runs_{{ class }} = 1 as runs_{{ class }},
    {{ running_sum(class, 'at_us', 'at_us') }} as {{ class }}_calendar_us,
    {%- endfor %}
    {%- for class in classes + ['life'] %}
    {{ running_sum(class, 'previous_open_us', 'open_us') }} as {{ class }}_open_us,
    {%- endfor %}
    open_us as clock_open_us
from clocked
window so_far as (partition by ticket_no order by at_us, tick rows between unbounded preceding and current row)
