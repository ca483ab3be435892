with uses as (
    select
        source_id,
        event_id,
        ticket_id,
        actor_id,
        actor_role,
        reference as macro_id,
        {{ micros('occurred_at') }} as occurred_us
    from {{ ref('int_ticket_events__unioned') }}
    where event_type = 'macro' and {{ micros('occurred_at') }} <= {{ as_of_us() }}
),

tickets as (
    select * from {{ ref('fct_tickets') }}
),

-- not before the ticket's creation (A1), as the reply the macro stands in
placed as (
    select
        uses.*,
        tickets.ticket_key,
        tickets.line_of_business,
        tickets.language,
        tickets.is_minor,
        tickets.is_excluded,
        greatest(uses.occurred_us, {{ micros('tickets.created_at') }}) as at_us
    from uses
    inner join tickets on uses.source_id = tickets.source_id and uses.ticket_id = tickets.ticket_id
),

frameworks as (
    select
        consumer_id,
        macro_id,
        name,
        line_of_business,
        language,
        version,
        {{ valid_from_us() }} as valid_from_us,
        {{ valid_to_us() }} as valid_to_us
    from ({{ as_seen_by_sources('stg_canonical__response_frameworks', 'macro_id') }}) as macros
),

-- the version in force then; of overlapping ones the one that began last
in_force as (
    select
        placed.source_id,
        placed.event_id,
        frameworks.name,
        frameworks.line_of_business,
        frameworks.language,
        frameworks.version,
        row_number() over (
            partition by placed.source_id, placed.event_id
            order by frameworks.valid_from_us desc, frameworks.valid_to_us desc, frameworks.version desc, frameworks.name
        ) as choice_no
    from placed
    inner join frameworks
        on placed.source_id = frameworks.consumer_id
        and placed.macro_id = frameworks.macro_id
        and frameworks.valid_from_us <= placed.at_us
        and placed.at_us < frameworks.valid_to_us
),

-- a reply of the same ticket, actor and instant (A47)
replies as (
    select
        ticket_key,
        agent_id,
        {{ micros('replied_at') }} as at_us,
        min(reply_no) as reply_no,
        max(case when is_first_reply then 1 else 0 end) = 1 as is_first_reply
    from {{ ref('fct_replies') }}
    where macro_id is not null
    group by 1, 2, 3
),

-- what the ticket was solved with next, and the first survey that followed that solve; of excluded tickets, too, as
-- the rows here are
next_solves as (
    select
        placed.source_id,
        placed.event_id,
        solves.ticket_key,
        solves.solve_no,
        solves.solved_at,
        solves.reopened_at,
        row_number() over (partition by placed.source_id, placed.event_id order by solves.solve_no) as choice_no
    from placed
    inner join {{ ref('fct_ticket_solves') }} as solves
        on placed.ticket_key = solves.ticket_key and placed.at_us <= {{ micros('solves.solved_at') }}
),

surveys as (
    select
        ticket_key,
        solve_no,
        is_satisfied,
        row_number() over (partition by ticket_key, solve_no order by sent_at, survey_key) as survey_no
    from {{ ref('fct_csat_responses') }}
    where solve_no is not null
)

select
    {{ surrogate_key(['placed.source_id', 'placed.event_id']) }} as use_key,
    placed.source_id,
    placed.ticket_key,
    placed.ticket_id,
    placed.event_id,
    {{ instant('placed.at_us') }} as used_at,
    placed.actor_id as agent_id,
    placed.actor_role,
    placed.macro_id,
    in_force.name as macro_name,
    in_force.version as framework_version,
    in_force.line_of_business as framework_line_of_business,
    in_force.language as framework_language,
    in_force.event_id is not null as is_in_force,
    placed.line_of_business,
    placed.language,
    in_force.language <> placed.language as is_other_language,
    replies.reply_no is not null as is_reply,
    cast(replies.reply_no as int) as reply_no,
    coalesce(replies.is_first_reply, false) as is_first_reply,
    cast(null as double) as edit_rate,
    case
        when replies.reply_no is null then 'no_reply'
        when placed.is_minor then 'text_of_minors_is_not_loaded'
        else 'wording_of_macros_is_not_delivered'
    end as edit_rate_null_reason,
    next_solves.solved_at as solved_after_at,
    case when next_solves.solved_at is not null then next_solves.reopened_at is not null end as is_reopened_after,
    surveys.survey_no is not null as is_surveyed_after,
    surveys.is_satisfied as is_satisfied_after,
    placed.is_minor,
    placed.is_excluded
from placed
left join in_force
    on placed.source_id = in_force.source_id and placed.event_id = in_force.event_id and in_force.choice_no = 1
left join replies
    on placed.ticket_key = replies.ticket_key and placed.actor_id = replies.agent_id and placed.at_us = replies.at_us
left join next_solves
    on placed.source_id = next_solves.source_id and placed.event_id = next_solves.event_id and next_solves.choice_no = 1
left join surveys
    on next_solves.ticket_key = surveys.ticket_key and next_solves.solve_no = surveys.solve_no and surveys.survey_no = 1
