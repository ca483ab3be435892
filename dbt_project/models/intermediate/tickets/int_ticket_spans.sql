{{ config(materialized='view') }}
-- Business time of the spans of fct_tickets: open and uncovered time since creation at their ends.
{%- set moments = ['activation', 'first_reply', 'first_solve', 'last_solve'] %}
with ends as (
    select
        activations.ticket_no,
        activations.activation_event_no * 2 as activation_tick,
        activations.first_reply_event_no * 2 as first_reply_tick,
        solves.first_solve_event_no * 2 as first_solve_tick,
        solves.last_solve_event_no * 2 as last_solve_tick
    from {{ ref('int_ticket_activations') }} as activations
    inner join {{ ref('int_ticket_solves') }} as solves on activations.ticket_no = solves.ticket_no
),

readings as (
    select
        ends.ticket_no,
        {%- for end in moments %}
        max(case when timeline.tick = ends.{{ end }}_tick then timeline.at_us end) as {{ end }}_us,
        max(case when timeline.tick = ends.{{ end }}_tick then timeline.life_open_us end) as {{ end }}_open_us,
        max(case when timeline.tick = ends.{{ end }}_tick then coalesce(uncovered.life_uncovered_us, 0) end) as {{ end }}_uncovered_us,
        {%- endfor %}
        max(case when timeline.kind = 'created' then timeline.life_open_us end) as created_open_us,
        max(case when timeline.kind = 'as_of' then timeline.life_open_us end) as age_open_us,
        max(case when timeline.kind = 'as_of' then coalesce(uncovered.life_uncovered_us, 0) end) as age_uncovered_us
    from ends
    inner join {{ ref('int_ticket_timeline') }} as timeline on ends.ticket_no = timeline.ticket_no
    left join {{ ref('int_ticket_uncovered') }} as uncovered
        on timeline.ticket_no = uncovered.ticket_no and timeline.tick = uncovered.tick
    where timeline.kind in ('created', 'question', 'reply', 'solve', 'as_of')
    group by 1
)

select
    ticket_no,
    {%- for end in moments %}
    {{ end }}_us,
    {{ end }}_open_us - created_open_us as {{ end }}_open_us,
    {{ end }}_uncovered_us,
    {%- endfor %}
    age_open_us - created_open_us as age_open_us,
    age_uncovered_us
from readings
