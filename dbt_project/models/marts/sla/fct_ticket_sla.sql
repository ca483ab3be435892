{{ config(materialized='incremental', incremental_strategy='changed_tickets', on_schema_change='append_new_columns') }}
-- depends_on: {{ ref('int_build_scope') }}, {{ ref('int_sla_daily_before') }}
with elapsed as (
    select * from {{ ref('int_sla_elapsed') }}
),

tickets as (
    select * from {{ ref('int_tickets') }}
),

decided as (
    select
        elapsed.*,
        projections.due_us,
        greatest(elapsed.applied_us, breaches.passed_us) as passed_us,
        elapsed.is_over_target and not breaches.lacks_schedule_before as is_breached
    from elapsed
    left join {{ ref('int_sla_breaches') }} as breaches
        on elapsed.ticket_no = breaches.ticket_no
        and elapsed.metric = breaches.metric
        and elapsed.instance_no = breaches.instance_no
        and elapsed.version_no = breaches.version_no
    left join {{ ref('int_sla_projections') }} as projections
        on elapsed.ticket_no = projections.ticket_no
        and elapsed.metric = projections.metric
        and elapsed.instance_no = projections.instance_no
        and elapsed.version_no = projections.version_no
),

-- the state the row is counted under: after the instant it ended, just before it where superseded (A26)
attributed as (
    select
        decided.*,
        intervals.tier,
        intervals.vendor,
        intervals.line_of_business,
        intervals.market,
        intervals.language,
        intervals.assignee_id
    from decided
    inner join {{ ref('int_ticket_intervals') }} as intervals
        on decided.ticket_no = intervals.ticket_no
        and intervals.from_us <= case
            when decided.end_us is null then {{ as_of_us() }}
            when decided.end_reason = 'superseded' then decided.end_us - 1
            else decided.end_us
        end
        and case
            when decided.end_us is null then {{ as_of_us() }}
            when decided.end_reason = 'superseded' then decided.end_us - 1
            else decided.end_us
        end < intervals.to_us
)

select
    {{ surrogate_key(['tickets.ticket_key', 'attributed.metric', 'attributed.instance_no', 'attributed.version_no']) }} as sla_key,
    tickets.ticket_key,
    {{ decoded('tickets.source_id') }} as source_id,
    tickets.ticket_id,
    {{ decoded('attributed.metric') }} as metric,
    attributed.instance_no,
    attributed.version_no,
    {{ decoded('attributed.policy_id') }} as policy_id,
    {{ decoded('attributed.priority') }} as priority,
    {{ seconds('attributed.target_us') }} as target_seconds,
    {{ decoded('attributed.hours') }} as hours,
    {{ instant('attributed.start_us') }} as activated_at,
    {{ instant('attributed.applied_us') }} as applied_at,
    {{ instant('attributed.end_us') }} as ended_at,
    {{ decoded('attributed.end_reason') }} as end_reason,
    case when not attributed.lacks_schedule then {{ seconds('attributed.elapsed_us') }} end as elapsed_seconds,
    {{ instant('case when attributed.is_breached then attributed.passed_us else attributed.due_us end') }} as due_at,
    {{ instant('case when attributed.is_breached then attributed.passed_us end') }} as breached_at,
    case
        when attributed.is_breached then 'breached'
        when attributed.end_us is null and attributed.is_running then 'active'
        when attributed.end_us is null then 'paused'
        when attributed.end_reason in ('fulfilled', 'solved') and not attributed.lacks_schedule then 'met'
        else 'cancelled'
    end as status,
    attributed.is_breached,
    attributed.is_final,
    {{ decoded('attributed.tier') }} as tier,
    {{ decoded('attributed.vendor') }} as vendor,
    {{ decoded('attributed.line_of_business') }} as line_of_business,
    {{ decoded('attributed.market') }} as market,
    {{ decoded('attributed.language') }} as language,
    {{ decoded('attributed.assignee_id') }} as assignee_id
from attributed
inner join tickets on attributed.ticket_no = tickets.ticket_no
