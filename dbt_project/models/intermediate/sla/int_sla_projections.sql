-- When open, running rows within their target will pass it if nothing changes (A22): by the ticket's clock as
-- it stands, within projection_days of as_of; null if not passed by then or if a schedule is missing before.
with open_rows as (
    select
        ticket_no,
        metric,
        instance_no,
        version_no,
        hours,
        clock_id,
        target_us - elapsed_us as remaining_us,
        clock_open_us + target_us - elapsed_us as passing_open_us
    from {{ ref('int_sla_elapsed') }}
    where end_us is null and is_running and not is_over_target and not lacks_schedule
),

projected as (
    select
        open_rows.ticket_no,
        open_rows.metric,
        open_rows.instance_no,
        open_rows.version_no,
        case
            when open_rows.hours = 'calendar' then {{ as_of_us() }} + open_rows.remaining_us
            when piece.uncovered_before_us = {{ uncovered_us('clock', as_of_us()) }}
                then {{ instant_after_open_us('piece', 'open_rows.passing_open_us') }}
        end as due_us
    from open_rows
    {{ join_clock('clock', 'open_rows.clock_id', as_of_us() | string) }}
    {{ join_clock_inverse('piece', 'open_rows.clock_id', 'open_rows.passing_open_us') }}
)

select * from projected
where due_us < {{ as_of_us() }} + {{ var('projection_days') }} * {{ us_per_day() }}
