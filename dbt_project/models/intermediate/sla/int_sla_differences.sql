{{ config(materialized='incremental', incremental_strategy='restated_tickets', on_schema_change='append_new_columns') }}
-- What a closed period recorded and what is known now, for the rows that do not stand as recorded, with the reason.
-- Only restated columns are ever computed anew; recorded ones are read from the record, which is append-only.
-- depends_on: {{ ref('int_build_scope') }}, {{ ref('int_tickets') }}, {{ ref('int_changed_holders') }}
{%- set is_partial = is_incremental() and not build_is_full() %}
{%- set sla_rows = 'sla_of_affected' if is_partial else ref('fct_ticket_sla') %}
{%- set recorded_rows = 'records_of_affected' if is_partial else ref('int_sla_records') %}
{%- set values = reported_values() %}
{%- set present_values = [] %}
{%- for value in values %}
    {%- do present_values.append(('tickets.' if value == 'is_excluded' else 'sla.') ~ value) %}
{%- endfor %}
with closings as (
    -- grouped though each is one row: the engine then looks for them once
    select recorded_as_of_us, recorded_load_no from {{ ref('int_sla_records') }} where sla_key is null group by 1, 2
),

{% if is_partial -%}
affected as (
    {{ tickets_to_restate(this) }}
),

sla_of_affected as (
    select * from {{ ref('fct_ticket_sla') }} where ticket_key in (select ticket_key from affected)
),

records_of_affected as (
    select * from {{ ref('int_sla_records') }}
    where sla_key is not null and ticket_key in (select ticket_key from affected)
),

{% endif -%}
closed_weeks as (
    select weeks.week_start_date, min(closings.recorded_as_of_us) as recorded_as_of_us
    from (select week_start_date, max(to_us) as ends_us from {{ ref('int_site_days') }} group by 1) as weeks
    inner join closings on closings.recorded_as_of_us >= weeks.ends_us
    group by 1
),

closed_months as (
    select months.month_start_date, min(closings.recorded_as_of_us) as recorded_as_of_us
    from (select month_start_date, max(to_us) as ends_us from {{ ref('int_site_days') }} group by 1) as months
    inner join closings on closings.recorded_as_of_us >= months.ends_us
    group by 1
),

tickets as (
    select ticket_key, is_excluded from {{ ref('fct_tickets') }}
    {%- if is_partial %}
    where ticket_key in (select ticket_key from affected)
    {%- endif %}
),

-- Most rows stand as recorded. They are told apart by one hash per side, before any wide row is joined.
recorded_hashes as (
    select
        sla_key,
        closed_week_date,
        closed_month_date,
        {{ row_hash(['ended_us'] + values) }} as values_hash
    from {{ recorded_rows }}
    where sla_key is not null
),

present_hashes as (
    select
        sla.sla_key,
        sla.is_final,
        closed_weeks.week_start_date,
        closed_months.month_start_date,
        {{ row_hash([micros('sla.ended_at')] + present_values) }} as values_hash
    from {{ sla_rows }} as sla
    inner join tickets on sla.ticket_key = tickets.ticket_key
    {{ join_site_day('site_days', micros('sla.ended_at'), type='left') }}
    left join closed_weeks on site_days.week_start_date = closed_weeks.week_start_date
    left join closed_months on site_days.month_start_date = closed_months.month_start_date
),

matched as (
    select
        coalesce(recorded_hashes.sla_key, present_hashes.sla_key) as sla_key,
        case
            when recorded_hashes.sla_key is null then 0
            when present_hashes.sla_key is null
                or not present_hashes.is_final
                or recorded_hashes.values_hash <> present_hashes.values_hash then 1
            else 0
        end as is_changed,
        recorded_hashes.closed_week_date,
        recorded_hashes.closed_month_date,
        case when present_hashes.is_final then present_hashes.week_start_date end as week_start_date,
        case when present_hashes.is_final then present_hashes.month_start_date end as month_start_date
    from recorded_hashes
    full outer join present_hashes on recorded_hashes.sla_key = present_hashes.sla_key
),

-- other values than recorded, gone, or in a closed period that no record stands for: one may stand for the week and
-- another for the month
suspicious as (
    select sla_key
    from matched
    where is_changed = 1
        or (week_start_date is not null and closed_week_date is null)
        or (month_start_date is not null and closed_month_date is null)
    group by sla_key
    having max(is_changed) = 1
        or (max(week_start_date) is not null and max(closed_week_date) is null)
        or (max(month_start_date) is not null and max(closed_month_date) is null)
),

records as (
    select * from {{ recorded_rows }} where sla_key in (select sla_key from suspicious)
),

-- as those rows stand now
present as (
    select
        sla.*,
        tickets.is_excluded,
        {{ micros('sla.ended_at') }} as ended_us,
        site_days.week_start_date,
        site_days.month_start_date
    from {{ sla_rows }} as sla
    inner join tickets on sla.ticket_key = tickets.ticket_key
    {{ join_site_day('site_days', micros('sla.ended_at'), type='left') }}
    where sla.sla_key in (select sla_key from suspicious)
),

-- what ends now in a closed period that did not record it
unrecorded as (
    select
        present.sla_key,
        case when week_records.sla_key is null then closed_weeks.week_start_date end as closed_week_date,
        case when month_records.sla_key is null then closed_months.month_start_date end as closed_month_date,
        case
            when closed_weeks.week_start_date is not null and week_records.sla_key is null then closed_weeks.recorded_as_of_us
            else closed_months.recorded_as_of_us
        end as closed_as_of_us
    from present
    left join closed_weeks on present.week_start_date = closed_weeks.week_start_date
    left join closed_months on present.month_start_date = closed_months.month_start_date
    left join (select sla_key, closed_week_date from records where closed_week_date is not null) as week_records
        on present.sla_key = week_records.sla_key
        and closed_weeks.week_start_date = week_records.closed_week_date
    left join (select sla_key, closed_month_date from records where closed_month_date is not null) as month_records
        on present.sla_key = month_records.sla_key
        and closed_months.month_start_date = month_records.closed_month_date
    where present.is_final
        and (
            (closed_weeks.week_start_date is not null and week_records.sla_key is null)
            or (closed_months.month_start_date is not null and month_records.sla_key is null)
        )
),

paired as (
    select
        records.sla_key,
        records.ticket_key,
        records.source_id,
        records.ticket_id,
        records.metric,
        records.instance_no,
        records.version_no,
        records.closed_week_date,
        records.closed_month_date,
        records.recorded_as_of_us,
        records.recorded_load_no,
        records.ended_us as recorded_ended_us,
        {%- for value in values %}
        records.{{ value }} as recorded_{{ value }},
        {%- endfor %}
        present.sla_key is not null as is_present,
        present.is_final as restated_is_final,
        present.ended_us as restated_ended_us,
        present.week_start_date as restated_week_date,
        present.month_start_date as restated_month_date,
        {%- for value in values if value != 'is_excluded' %}
        present.{{ value }} as restated_{{ value }},
        {%- endfor %}
        tickets.is_excluded as restated_is_excluded
    from records
    left join present on records.sla_key = present.sla_key
    left join tickets on records.ticket_key = tickets.ticket_key

    union all

    select
        present.sla_key,
        present.ticket_key,
        present.source_id,
        present.ticket_id,
        present.metric,
        present.instance_no,
        present.version_no,
        unrecorded.closed_week_date,
        unrecorded.closed_month_date,
        null,
        closings.recorded_load_no,
        null,
        {%- for value in values %}
        null,
        {%- endfor %}
        true,
        present.is_final,
        present.ended_us,
        present.week_start_date,
        present.month_start_date,
        {%- for value in values %}
        present.{{ value }}{{ ',' if not loop.last }}
        {%- endfor %}
    from unrecorded
    inner join present on unrecorded.sla_key = present.sla_key
    inner join closings on unrecorded.closed_as_of_us = closings.recorded_as_of_us
),

compared as (
    select
        *,
        recorded_as_of_us is null
        or not is_present
        or not restated_is_final
        or recorded_ended_us is distinct from restated_ended_us
        {%- for value in values %}
        or recorded_{{ value }} is distinct from restated_{{ value }}
        {%- endfor %} as is_different
    from paired
),

-- why: what was loaded since about the tickets of rows that differ, and about their source
suspects as (
    select distinct source_id, ticket_id, recorded_load_no from compared where is_different
),

since_events as (
    select
        suspects.source_id,
        suspects.ticket_id,
        suspects.recorded_load_no,
        min({{ micros('events.occurred_at') }}) as earliest_us
    from suspects
    inner join {{ ref('int_ticket_events__unioned') }} as events
        on suspects.source_id = events.source_id
        and suspects.ticket_id = events.ticket_id
        and suspects.recorded_load_no < events.load_no
    group by 1, 2, 3
),

-- another snapshot of it, or an event of it that belongs to another ticket now
since_tickets as (
    select suspects.source_id, suspects.ticket_id, suspects.recorded_load_no
    from suspects
    inner join {{ ref('int_tickets__unioned') }} as snapshots
        on suspects.source_id = snapshots.source_id
        and suspects.ticket_id = snapshots.ticket_id
        and suspects.recorded_load_no < snapshots.load_no
    union
    select suspects.source_id, suspects.ticket_id, suspects.recorded_load_no
    from suspects
    inner join {{ ref('stg_site__tickets_left_by_events') }} as left_by_events
        on suspects.source_id = left_by_events.source_id
        and suspects.ticket_id = left_by_events.ticket_id
        and suspects.recorded_load_no < left_by_events.load_no
),

reference_changes as (
    select
        source_id,
        {%- for reference in ['policies', 'schedules', 'roster', 'status_map'] %}
        max(case when reference = '{{ reference }}' then load_no end) as {{ reference }}_load_no{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_reference_changes') }}
    group by 1
),

-- a reference table is a reason only if it says something else since
explained as (
    select
        compared.*,
        case
            when not compared.is_different then null
            when compared.restated_is_excluded and not compared.recorded_is_excluded
                then 'ticket_excluded'
            when compared.recorded_is_excluded and not compared.restated_is_excluded then 'ticket_restored'
            when since_events.earliest_us <= greatest(
                coalesce(compared.recorded_ended_us, compared.restated_ended_us),
                coalesce(compared.restated_ended_us, compared.recorded_ended_us)
            ) then 'late_event'
            when (
                compared.recorded_as_of_us is null
                or not compared.is_present
                or not compared.restated_is_final
                or compared.recorded_policy_id is distinct from compared.restated_policy_id
                or compared.recorded_target_seconds is distinct from compared.restated_target_seconds
                or compared.recorded_hours is distinct from compared.restated_hours
            ) and changes.policies_load_no > compared.recorded_load_no
                then 'policy_edited'
            when compared.recorded_elapsed_seconds is distinct from compared.restated_elapsed_seconds
                and compared.recorded_ended_us = compared.restated_ended_us
                and compared.restated_hours = 'business'
                and changes.schedules_load_no > compared.recorded_load_no
                then 'schedule_corrected'
            when (
                compared.recorded_tier is distinct from compared.restated_tier
                or compared.recorded_vendor is distinct from compared.restated_vendor
            ) and changes.roster_load_no > compared.recorded_load_no
                then 'roster_corrected'
            when since_events.ticket_id is not null or since_tickets.ticket_id is not null then 'ticket_corrected'
            when changes.status_map_load_no > compared.recorded_load_no then 'status_map_corrected'
            else 'other'
        end as difference_reason
    from compared
    left join since_events
        on compared.is_different
        and compared.source_id = since_events.source_id
        and compared.ticket_id = since_events.ticket_id
        and compared.recorded_load_no = since_events.recorded_load_no
    left join since_tickets
        on compared.is_different
        and compared.source_id = since_tickets.source_id
        and compared.ticket_id = since_tickets.ticket_id
        and compared.recorded_load_no = since_tickets.recorded_load_no
    left join reference_changes as changes on compared.source_id = changes.source_id
)

select
    md5(concat(
        sla_key, '|', coalesce(cast(recorded_as_of_us as {{ dbt.type_string() }}), ''), '|',
        coalesce(cast(case when recorded_as_of_us is null then closed_week_date end as {{ dbt.type_string() }}), '')
    )) as sla_reported_key,
    sla_key,
    ticket_key,
    source_id,
    ticket_id,
    metric,
    instance_no,
    version_no,
    closed_week_date,
    closed_month_date,
    {{ instant('recorded_as_of_us') }} as recorded_as_of,
    {{ instant('recorded_ended_us') }} as recorded_ended_at,
    {%- for value in values %}
    recorded_{{ value }},
    {%- endfor %}
    {{ instant('restated_ended_us') }} as restated_ended_at,
    restated_week_date,
    restated_month_date,
    {%- for value in values %}
    restated_{{ value }},
    {%- endfor %}
    coalesce(restated_is_final, false) as restated_is_final,
    is_different,
    difference_reason
from explained
