{{ config(materialized='table') }}
{%- set fields = ['status', 'priority', 'group_id', 'assignee_id', 'contact_reason'] %}

-- What changed from one version of an incident to the next one the log has. Versions the log left out cannot
-- be told: what they changed stands at the next version present.
with incidents as (
    select
        source_id,
        ticket_id,
        version_no,
        updated_at,
        updated_by_id,
        status,
        {{ servicenow_priority('priority_code') }} as priority,
        group_id,
        assignee_id,
        {{ servicenow_contact_reason('category', 'subcategory') }} as contact_reason,
        load_no
    from {{ ref('stg_servicenow__incidents') }}
),

versions as (
    select
        *,
        -- The version number is the order; a clock that ran ahead must not put a version after a later one.
        min(updated_at) over (
            partition by source_id, ticket_id
            order by version_no
            rows between current row and unbounded following
        ) as occurred_at,
        row_number() over by_version as position_no,
        -- A version that comes late changes its neighbours' events, so an event is as new as its ticket.
        max(load_no) over (partition by source_id, ticket_id) as last_load_no
        {%- for field in fields %},
        lag({{ field }}) over by_version as previous_{{ field }}
        {%- endfor %}
    from incidents
    window by_version as (partition by source_id, ticket_id order by version_no)
),

changes as (
    {%- for field in fields %}
    select
        source_id,
        ticket_id,
        version_no,
        occurred_at,
        updated_at,
        updated_by_id,
        '{{ field }}' as field,
        previous_{{ field }} as old_value,
        {{ field }} as new_value,
        last_load_no
    from versions
    where
        {%- if field == 'status' %}
        -- The first version is saved some time after the ticket is opened. Its status holds from then on; all
        -- else was on the form from the start.
        (position_no = 1 and status <> 'New')
        or
        {%- endif %}
        (position_no > 1 and {{ field }} is distinct from previous_{{ field }})
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    source_id,
    {{ dbt.concat(['ticket_id', "'/'", 'cast(version_no as ' ~ dbt.type_string() ~ ')', "'/'", 'field']) }} as event_id,
    ticket_id,
    occurred_at,
    version_no as sequence_no,
    updated_at as recorded_at,
    'field_change' as event_type,
    field,
    old_value,
    new_value,
    -- The export numbers the people of each column afresh: 21 of updated_by is not 21 of assigned_to.
    {{ dbt.concat(["'updated_by:'", 'updated_by_id']) }} as actor_id,
    cast(null as {{ dbt.type_string() }}) as actor_role,
    cast(null as boolean) as is_public,
    cast(null as {{ dbt.type_string() }}) as reference,
    last_load_no as load_no
from changes
