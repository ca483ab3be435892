{{ config(materialized='view') }}
-- A ticket's clock-relevant moments cut into spells: one begins at the creation and at every reply and solve,
-- and ends at the next. Within a spell at most one reply clock can start, and a reopen can happen at most once.
-- Moments after a merge or a deletion still in force act on no clock (A24).
with moments as (
    select
        timeline.ticket_no,
        timeline.tick,
        timeline.at_us,
        timeline.kind,
        timeline.category in ('solved', 'closed') as is_resolved,
        timeline.kind in ('created', 'reply', 'solve') as begins_spell
    from {{ ref('int_ticket_timeline') }} as timeline
    left join {{ ref('int_ticket_endings') }} as endings on timeline.ticket_no = endings.ticket_no
    where timeline.kind in ('created', 'question', 'reply', 'solve', 'reopen')
        and not coalesce(endings.is_spam, false)
        and (
            timeline.kind = 'created'
            or (
                (endings.merged_us is null or timeline.at_us < endings.merged_us)
                and (endings.deleted_event_no is null or timeline.tick < endings.deleted_event_no * 2)
            )
        )
),

followed as (
    select
        *,
        {%- for what, condition in [('question', "kind = 'question'"), ('reopen', "kind = 'reopen'"), ('end', 'begins_spell')] %}
        {{ next_known("case when " ~ condition ~ " then tick end") }} over later as {{ what }}_tick,
        {{ next_known("case when " ~ condition ~ " then at_us end") }} over later as {{ what }}_us,
        {%- endfor %}
        {{ next_known('case when begins_spell then kind end') }} over later as end_kind
    from moments
    window later as (partition by ticket_no order by tick rows between 1 following and unbounded following)
)

select
    ticket_no,
    tick as begin_tick,
    at_us as begin_us,
    kind as begin_kind,
    is_resolved as begins_resolved,
    {%- for what in ['question', 'reopen'] %}
    case when {{ what }}_tick < end_tick or end_tick is null then {{ what }}_tick end as {{ what }}_tick,
    case when {{ what }}_tick < end_tick or end_tick is null then {{ what }}_us end as {{ what }}_us,
    {%- endfor %}
    end_tick,
    end_us,
    {{ coded("case end_kind when 'reply' then 'fulfilled' when 'solve' then 'solved' end") }} as end_reason
from followed
where begins_spell
