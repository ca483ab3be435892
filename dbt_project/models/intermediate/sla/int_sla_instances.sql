{{ config(materialized='view') }}
-- Every clock of every metric that started on a ticket, with or without a target: from where to where it
-- runs. end_tick null = still running at as_of.
with spells as (
    select * from {{ ref('int_sla_spells') }}
),

activations as (
    select ticket_no, activation_event_no * 2 as activation_tick from {{ ref('int_ticket_activations') }}
),

-- the spell of the activation holds the first-reply clock, every later one a next-reply clock (A13)
triggered as (
    select
        spells.*,
        activations.activation_tick >= spells.begin_tick as is_first,
        case when activations.activation_tick = 0 and spells.begin_tick = 0 then 0 else spells.question_tick end as trigger_tick,
        case when activations.activation_tick = 0 and spells.begin_tick = 0 then spells.begin_us else spells.question_us end as trigger_us
    from spells
    inner join activations on spells.ticket_no = activations.ticket_no
    where activations.activation_tick < coalesce(spells.end_tick, 2147483647)
),

-- no clock starts on a resolved ticket: it waits for the reopen (A12)
reply_clocks as (
    select
        ticket_no,
        {{ coded("case when is_first then 'first_reply' else 'next_reply' end") }} as metric,
        case when begins_resolved and coalesce(reopen_tick > trigger_tick, true) then reopen_tick else trigger_tick end as start_tick,
        case when begins_resolved and coalesce(reopen_tick > trigger_tick, true) then reopen_us else trigger_us end as start_us,
        end_tick,
        end_us,
        end_reason
    from triggered
    where trigger_tick is not null
),

-- A14: judged on the state after the last event of the reply's instant
update_clocks as (
    select
        spells.ticket_no,
        spells.begin_tick as start_tick,
        spells.begin_us as start_us,
        spells.end_tick,
        spells.end_us,
        spells.end_reason
    from spells
    left join {{ ref('int_ticket_status_changes') }} as status_changes
        on spells.ticket_no = status_changes.ticket_no
        and spells.begin_us = status_changes.at_us
        and status_changes.is_last_of_instant
    where spells.begin_kind = 'reply'
        and not coalesce(status_changes.is_resolved, spells.begins_resolved)
),

cycle_moments as (
    select ticket_no, begin_tick as tick, begin_us as at_us, begin_kind as kind, begins_resolved as is_resolved from spells
    where begin_kind in ('created', 'solve')
    union all
    select ticket_no, reopen_tick, reopen_us, {{ coded("'reopen'") }}, false from spells
    where reopen_tick is not null
),

cycle_ends as (
    select
        *,
        lead(tick) over by_ticket as end_tick,
        lead(at_us) over by_ticket as end_us
    from cycle_moments
    window by_ticket as (partition by ticket_no order by tick)
),

cycle_clocks as (
    select
        ticket_no,
        tick as start_tick,
        at_us as start_us,
        end_tick,
        end_us,
        case when end_tick is not null then {{ coded("'solved'") }} end as end_reason
    from cycle_ends
    where not is_resolved
),

-- numbered before the metrics that share a clock part ways
clocks as (
    select
        ticket_no,
        metric,
        row_number() over (partition by ticket_no, metric order by start_tick) as instance_no,
        start_tick,
        start_us,
        end_tick,
        end_us,
        end_reason
    from reply_clocks
    where start_tick is not null
    {%- for metrics, numbered_clocks in [
        (['periodic_update', 'pausable_update'], 'update_clocks'),
        (['requester_wait', 'agent_work', 'total_resolution'], 'cycle_clocks'),
    ] %}
    union all
    select
        numbered.ticket_no,
        metrics.metric,
        numbered.instance_no,
        numbered.start_tick,
        numbered.start_us,
        numbered.end_tick,
        numbered.end_us,
        numbered.end_reason
    from (
        select *, row_number() over (partition by ticket_no order by start_tick) as instance_no from {{ numbered_clocks }}
    ) as numbered
    cross join (
        {%- for metric in metrics %}
        select {{ coded("'" ~ metric ~ "'") }} as metric
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    ) as metrics
    {%- endfor %}
)

select
    clocks.ticket_no,
    clocks.metric,
    cast(clocks.instance_no as int) as instance_no,
    clocks.start_tick,
    clocks.start_us,
    -- what a merge or a deletion still in force found running ends with it, whichever came first
    case
        when clocks.end_tick is not null then clocks.end_tick
        when endings.merged_us <= coalesce(endings.deleted_us, {{ end_us() }}) then {{ merged_tick() }}
        else endings.deleted_event_no * 2
    end as end_tick,
    case
        when clocks.end_tick is not null then clocks.end_us
        when endings.merged_us <= coalesce(endings.deleted_us, {{ end_us() }}) then endings.merged_us
        else endings.deleted_us
    end as end_us,
    case
        when clocks.end_tick is not null then clocks.end_reason
        when endings.merged_us <= coalesce(endings.deleted_us, {{ end_us() }}) then {{ coded("'merged'") }}
        when endings.deleted_us is not null then {{ coded("'deleted'") }}
    end as end_reason
from clocks
left join {{ ref('int_ticket_endings') }} as endings on clocks.ticket_no = endings.ticket_no
