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
        case when timeline.kind in ('created', 'reply', 'solve') then 1 else 0 end as begins_spell
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

numbered as (
    select
        *,
        sum(begins_spell) over (
            partition by ticket_no order by tick rows between unbounded preceding and current row
        ) as spell_no
    from moments
),

spells as (
    select
        ticket_no,
        spell_no,
        min(tick) as begin_tick,
        min(at_us) as begin_us,
        max(case when begins_spell = 1 then kind end) as begin_kind,
        max(case when begins_spell = 1 and is_resolved then 1 else 0 end) = 1 as begins_resolved,
        min(case when kind = 'question' then tick end) as question_tick,
        min(case when kind = 'question' then at_us end) as question_us,
        min(case when kind = 'reopen' then tick end) as reopen_tick,
        min(case when kind = 'reopen' then at_us end) as reopen_us
    from numbered
    group by 1, 2
)

select
    *,
    lead(begin_tick) over by_ticket as end_tick,
    lead(begin_us) over by_ticket as end_us,
    {{ coded("case lead(begin_kind) over by_ticket when 'reply' then 'fulfilled' when 'solve' then 'solved' end") }} as end_reason
from spells
window by_ticket as (partition by ticket_no order by spell_no)
