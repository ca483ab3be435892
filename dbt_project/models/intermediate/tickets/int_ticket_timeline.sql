-- What the clocks of a ticket react to, in order, each row with what they read at that moment: for every class of
-- categories an SLA metric runs in, a clock on the wall (_calendar_us) and one of open hours (_open_us) that stand
-- still while the ticket is not in the class. Where they start from means nothing: the elapsed time of any SLA is the
-- difference of two rows of a ticket. What had no schedule is in int_ticket_uncovered.
--
-- Running time is a sum over stretches of F(end) - F(start) for the stretches that run, F being the clock.
-- Summed by parts it is a sum over the moments where running starts or stops: + F where it stops, - F where
-- it starts. One pass over the rows is enough, and integers keep it exact.
--
-- Most tickets stay on one clock and are never deleted ("steady"): their category alone starts and stops anything,
-- and what always runs reads as the clock itself. The others have their clock and deletion carried first.
{%- set classes = sla_classes() %}
with tickets as (
    select * from {{ ref('int_tickets') }}
),

clocks as (
    select clock_id, {{ coded('source_id') }} as source_id, {{ coded('schedule_id') }} as schedule_id from {{ ref('int_clocks') }}
),

unsteady_events as (
    select ticket_no, event_no, at_us, kind, value from {{ ref('int_ticket_events') }}
    where kind in ('schedule', 'delete', 'restore') and not is_future
),

-- a ticket without schedule follows the default clock of its source; an unknown schedule is clock 0
initial_clocks as (
    select
        initial.ticket_no,
        coalesce(clocks.clock_id, 0) as clock_id,
        unsteady.ticket_no is null as is_steady
    from {{ ref('int_ticket_initial_values') }} as initial
    inner join tickets on initial.ticket_no = tickets.ticket_no
    left join clocks
        on tickets.source_id = clocks.source_id and initial.schedule_id is not distinct from clocks.schedule_id
    left join (select distinct ticket_no from unsteady_events) as unsteady on initial.ticket_no = unsteady.ticket_no
),

moments as (
    select
        ticket_no,
        event_no * 2 as tick,
        at_us,
        {{ coded("case when event_no = 0 then 'created' when is_solve then 'solve' when is_reopen then 'reopen' else 'status' end") }} as kind,
        category,
        previous_category
    from {{ ref('int_ticket_status_changes') }}
    union all
    select ticket_no, event_no * 2, at_us, {{ coded("case when is_reply then 'reply' else 'question' end") }}, null, null
    from {{ ref('int_ticket_messages') }}
    where is_reply or is_question
    union all
    select ticket_no, {{ merged_tick() }}, merged_us, {{ coded("'merged'") }}, null, null from {{ ref('int_ticket_endings') }}
    where merged_us is not null
    union all
    select ticket_no, tick, from_us, {{ coded("'policy'") }}, null, null from {{ ref('int_sla_evaluations') }}
    where evaluation_no > 1
    union all
    -- clocks that still run are read at as_of
    select ticket_no, {{ as_of_tick() }}, {{ as_of_us() }}, {{ coded("'as_of'") }}, null, null from {{ ref('int_ticket_status_changes') }}
    where is_current and not is_resolved
),

steady_moments as (
    select
        moments.*,
        initial_clocks.clock_id,
        {{ open_us('clock', 'moments.at_us') }} as open_us
    from moments
    inner join initial_clocks on moments.ticket_no = initial_clocks.ticket_no and initial_clocks.is_steady
    -- always found; as an inner join an optimizer may pair tickets with all days of their clock first
    {{ join_clock('clock', 'initial_clocks.clock_id', 'moments.at_us', type='left') }}
),

-- + F where a change of category stops a class, - F where it starts one
steady_sums as (
    select
        ticket_no,
        tick,
        at_us,
        kind,
        clock_id,
        open_us,
        {{ last_known('category') }} over so_far as category,
        {%- for class in classes if class != 'always' %}
        {%- set turn = 'case when ' ~ class_has(class, 'category') ~ ' then case when ' ~ class_has(class, 'previous_category')
            ~ ' then 0 else -1 end when ' ~ class_has(class, 'previous_category') ~ ' and category is not null then 1 else 0 end' %}
        cast(sum({{ turn }} * at_us) over so_far as bigint) as {{ class }}_calendar_us,
        cast(sum({{ turn }} * open_us) over so_far as bigint) as {{ class }}_open_us{{ ',' if not loop.last }}
        {%- endfor %}
    from steady_moments
    window so_far as (partition by ticket_no order by at_us, tick rows between unbounded preceding and current row)
),

unsteady_moments as (
    select
        moments.ticket_no,
        moments.tick,
        moments.at_us,
        moments.kind,
        moments.category,
        case when moments.kind = 'created' then initial_clocks.clock_id end as clock_id,
        case when moments.kind = 'created' then false end as is_deleted
    from moments
    inner join initial_clocks on moments.ticket_no = initial_clocks.ticket_no and not initial_clocks.is_steady
    union all
    select
        unsteady_events.ticket_no,
        unsteady_events.event_no * 2,
        unsteady_events.at_us,
        unsteady_events.kind,
        null,
        case when unsteady_events.kind = 'schedule' then coalesce(clocks.clock_id, 0) end,
        case unsteady_events.kind when 'delete' then true when 'restore' then false end
    from unsteady_events
    inner join tickets on unsteady_events.ticket_no = tickets.ticket_no
    left join clocks
        on tickets.source_id = clocks.source_id and unsteady_events.value is not distinct from clocks.schedule_id
),

carried as (
    select
        ticket_no,
        tick,
        at_us,
        kind,
        {{ last_known('category') }} over so_far as category,
        {{ last_known('clock_id') }} over so_far as clock_id,
        {{ last_known('is_deleted') }} over so_far as is_deleted,
        {{ last_known('category') }} over before as previous_category,
        {{ last_known('clock_id') }} over before as previous_clock_id,
        {{ last_known('is_deleted') }} over before as previous_is_deleted
    from unsteady_moments
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
    false as is_deleted,
    clock_id,
    {%- for class in classes %}
    {{ class_has(class, 'category') }} as runs_{{ class }},
    {%- endfor %}
    at_us as always_calendar_us,
    {%- for class in classes if class != 'always' %}
    {{ class }}_calendar_us + case when {{ class_has(class, 'category') }} then at_us else 0 end as {{ class }}_calendar_us,
    {%- endfor %}
    open_us as always_open_us,
    {%- for class in classes if class != 'always' %}
    {{ class }}_open_us + case when {{ class_has(class, 'category') }} then open_us else 0 end as {{ class }}_open_us,
    {%- endfor %}
    open_us as life_open_us,
    open_us as clock_open_us
from steady_sums

union all

select
    ticket_no,
    tick,
    at_us,
    kind,
    category,
    is_deleted,
    clock_id,
    {%- for class in classes %}
    runs_{{ class }} = 1,
    {%- endfor %}
    {%- for class in classes %}
    {{ running_sum(class, 'at_us', 'at_us') }},
    {%- endfor %}
    {%- for class in classes + ['life'] %}
    {{ running_sum(class, 'previous_open_us', 'open_us') }},
    {%- endfor %}
    open_us
from clocked
window so_far as (partition by ticket_no order by at_us, tick rows between unbounded preceding and current row)
