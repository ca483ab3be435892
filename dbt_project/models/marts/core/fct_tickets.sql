{{ config(materialized='incremental', incremental_strategy='changed_tickets', on_schema_change='append_new_columns') }}
-- depends_on: {{ ref('int_build_scope') }}, {{ ref('int_backlog_before') }}
with tickets as (
    select * from {{ ref('int_tickets') }}
),

-- the state at as_of, by history (A4)
current_states as (
    select * from {{ ref('int_ticket_states') }} where next_at_us is null
),

message_counts as (
    select
        ticket_no,
        count(case when is_question then 1 end) as requester_message_count,
        count(case when is_reply then 1 end) as agent_reply_count,
        count(case when is_bot_reply then 1 end) as bot_reply_count,
        count(case when is_note then 1 end) as internal_note_count
    from {{ ref('int_ticket_messages') }}
    group by 1
),

skewed as (
    select distinct ticket_no from {{ ref('int_ticket_events') }} where is_skewed and not is_future
),

measured as (
    select
        tickets.*,
        states.status as current_status,
        states.category as status_category,
        states.priority as current_priority,
        states.line_of_business as current_line_of_business,
        states.group_id as current_group_id,
        states.assignee_id as current_assignee_id,
        states.schedule_id as current_schedule_id,
        states.market as current_market,
        states.language as current_language,
        endings.exclusion_reason,
        endings.merged_us,
        endings.spam_us,
        activations.activation_event_no,
        activations.first_reply_event_no,
        activations.first_replied_us,
        activations.has_question_after_first_reply,
        solves.first_solved_us,
        solves.last_solved_us,
        solves.last_closed_us,
        solves.solve_count,
        solves.reopen_count,
        solves.is_resolved,
        spans.activation_us,
        spans.first_reply_open_us - spans.activation_open_us as first_reply_open_us,
        spans.first_reply_uncovered_us > spans.activation_uncovered_us as first_reply_lacks_schedule,
        spans.first_solve_open_us,
        spans.first_solve_uncovered_us > 0 as first_solve_lacks_schedule,
        spans.last_solve_open_us,
        spans.last_solve_uncovered_us > 0 as last_solve_lacks_schedule,
        spans.age_open_us,
        spans.age_uncovered_us > 0 as age_lacks_schedule,
        assignments.first_assigned_us,
        cast(coalesce(assignments.assignee_count, 0) as int) as assignee_count,
        cast(coalesce(assignments.group_count, 0) as int) as group_count,
        cast(coalesce(assignments.handoff_count, 0) as int) as handoff_count,
        cast(coalesce(assignments.escalation_count, 0) as int) as escalation_count,
        cast(coalesce(assignments.bounce_count, 0) as int) as bounce_count,
        coalesce(message_counts.requester_message_count, 0) as requester_message_count,
        coalesce(message_counts.agent_reply_count, 0) as agent_reply_count,
        coalesce(message_counts.bot_reply_count, 0) as bot_reply_count,
        coalesce(message_counts.internal_note_count, 0) as internal_note_count,
        durations.requester_wait_calendar_us,
        durations.requester_wait_open_us,
        durations.requester_wait_lacks_schedule,
        durations.agent_work_calendar_us,
        durations.agent_work_open_us,
        durations.agent_work_lacks_schedule,
        durations.pending_calendar_us,
        durations.pending_open_us,
        durations.pending_lacks_schedule,
        durations.on_hold_calendar_us,
        durations.on_hold_open_us,
        durations.on_hold_lacks_schedule,
        durations.unassigned_calendar_us,
        durations.unassigned_open_us,
        durations.unassigned_lacks_schedule,
        durations.t1_calendar_us,
        durations.t2_calendar_us,
        durations.queue_calendar_us,
        durations.requester_held_calendar_us,
        durations.solved_gap_calendar_us,
        merges.earliest_created_us as earliest_merged_created_us,
        follow_ups.ticket_id is not null as has_follow_up,
        skewed.ticket_no is not null as has_clock_skew
    from tickets
    inner join current_states as states on tickets.ticket_no = states.ticket_no
    inner join {{ ref('int_ticket_activations') }} as activations on tickets.ticket_no = activations.ticket_no
    inner join {{ ref('int_ticket_solves') }} as solves on tickets.ticket_no = solves.ticket_no
    inner join {{ ref('int_ticket_spans') }} as spans on tickets.ticket_no = spans.ticket_no
    inner join {{ ref('int_ticket_durations') }} as durations on tickets.ticket_no = durations.ticket_no
    left join {{ ref('int_ticket_assignments') }} as assignments on tickets.ticket_no = assignments.ticket_no
    left join {{ ref('int_ticket_endings') }} as endings on tickets.ticket_no = endings.ticket_no
    left join message_counts on tickets.ticket_no = message_counts.ticket_no
    left join skewed on tickets.ticket_no = skewed.ticket_no
    left join {{ ref('int_ticket_merges') }} as merges
        on tickets.source_id = merges.source_id and tickets.ticket_id = merges.ticket_id
    left join {{ ref('int_ticket_follow_ups') }} as follow_ups
        on tickets.source_id = follow_ups.source_id and tickets.ticket_id = follow_ups.ticket_id
)

select
    ticket_key,
    {{ decoded('source_id') }} as source_id,
    ticket_id,
    {{ instant('created_us') }} as created_at,
    {{ instant('updated_us') }} as updated_at,
    {{ decoded('channel') }} as channel,
    {{ decoded('current_line_of_business') }} as line_of_business,
    contact_reason,
    requester_id,
    {{ decoded('requester_segment') }} as requester_segment,
    {{ decoded('submitter_role') }} as submitter_role,
    is_public,
    {{ decoded('current_market') }} as market,
    {{ decoded('current_language') }} as language,
    {{ decoded('current_status') }} as status,
    {{ decoded('status_category') }} as status_category,
    {{ decoded('current_priority') }} as priority,
    {{ decoded('current_group_id') }} as group_id,
    {{ decoded('current_assignee_id') }} as assignee_id,
    {{ decoded('current_schedule_id') }} as schedule_id,
    follow_up_of,
    merged_into,
    is_deleted,
    is_spam,
    is_minor,
    tags,
    subject,
    exclusion_reason is not null as is_excluded,
    exclusion_reason,
    {{ instant('merged_us') }} as merged_at,
    {{ instant('spam_us') }} as marked_spam_at,
    {{ instant('first_replied_us') }} as first_replied_at,
    {{ instant('first_solved_us') }} as first_solved_at,
    {{ instant('last_solved_us') }} as last_solved_at,
    {{ instant("case when status_category = 'closed' then last_closed_us end") }} as closed_at,
    {{ instant('first_assigned_us') }} as first_assigned_at,
    {%- for thing in ['requester_message', 'agent_reply', 'bot_reply', 'internal_note', 'reopen', 'solve', 'assignee', 'handoff',
        'group', 'escalation', 'bounce'] %}
    cast({{ thing }}_count as bigint) as {{ thing }}_count,
    {%- endfor %}
    activation_event_no is not null and first_reply_event_no is null as is_unreplied,
    is_resolved and agent_reply_count = 1 and reopen_count = 0 as is_one_touch,
    is_resolved and agent_reply_count = 0 as is_zero_touch,
    is_resolved
    and reopen_count = 0
    and first_reply_event_no is not null
    and not has_question_after_first_reply
    and not has_follow_up as is_first_contact_resolution,
    {{ seconds('first_replied_us - activation_us') }} as first_reply_seconds_calendar,
    case when not first_reply_lacks_schedule then {{ seconds('first_reply_open_us') }} end as first_reply_seconds_business,
    {{ seconds('first_solved_us - created_us') }} as first_resolution_seconds_calendar,
    case when not first_solve_lacks_schedule then {{ seconds('first_solve_open_us') }} end as first_resolution_seconds_business,
    case when is_resolved then {{ seconds('last_solved_us - created_us') }} end as full_resolution_seconds_calendar,
    case when is_resolved and not last_solve_lacks_schedule then {{ seconds('last_solve_open_us') }} end as full_resolution_seconds_business,
    {%- for part in ['requester_wait', 'agent_work', 'pending', 'on_hold', 'unassigned'] %}
    {{ seconds(part ~ '_calendar_us') }} as {{ part }}_seconds_calendar,
    case when not {{ part }}_lacks_schedule then {{ seconds(part ~ '_open_us') }} end as {{ part }}_seconds_business,
    {%- endfor %}
    {%- for holder in ['t1', 't2', 'queue', 'requester_held', 'solved_gap'] %}
    {{ seconds(holder ~ '_calendar_us') }} as {{ holder }}_seconds_calendar,
    {%- endfor %}
    case when not is_resolved then {{ seconds(as_of_us() ~ ' - created_us') }} end as age_seconds_calendar,
    case when not is_resolved and not age_lacks_schedule then {{ seconds('age_open_us') }} end as age_seconds_business,
    case
        when coalesce(first_reply_lacks_schedule, false)
            or coalesce(first_solve_lacks_schedule, false)
            or (is_resolved and coalesce(last_solve_lacks_schedule, false))
            or (not is_resolved and coalesce(age_lacks_schedule, false))
            {%- for part in ['requester_wait', 'agent_work', 'pending', 'on_hold', 'unassigned'] %}
            or {{ part }}_lacks_schedule
            {%- endfor %}
            then 'no_schedule'
    end as business_null_reason,
    {{ instant('earliest_merged_created_us') }} as earliest_merged_created_at,
    has_follow_up,
    has_clock_skew
from measured
