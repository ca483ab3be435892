-- One ticket per incident: what never changes, and the fields as the latest version has them.
with versions as (
    select
        *,
        row_number() over (partition by source_id, ticket_id order by version_no desc) as version_no_from_last,
        max(updated_at) over (partition by source_id, ticket_id) as last_updated_at,
        max(load_no) over (partition by source_id, ticket_id) as last_load_no
    from {{ ref('stg_servicenow__incidents') }}
)

select
    source_id,
    ticket_id,
    opened_at as created_at,
    last_updated_at as updated_at,
    {{ servicenow_channel('contact_type') }} as channel,
    cast(null as {{ dbt.type_string() }}) as line_of_business,
    {{ servicenow_contact_reason('category', 'subcategory') }} as contact_reason,
    requester_id,
    cast(null as {{ dbt.type_string() }}) as requester_segment,
    -- Staff open the record, whatever the contact type. The log holds no messages, so no reply clock may start.
    'agent' as submitter_role,
    true as is_public,
    cast(null as {{ dbt.type_string() }}) as market,
    cast(null as {{ dbt.type_string() }}) as language,
    status,
    {{ servicenow_priority('priority_code') }} as priority,
    group_id,
    assignee_id,
    cast(null as {{ dbt.type_string() }}) as schedule_id,
    cast(null as {{ dbt.type_string() }}) as follow_up_of,
    cast(null as {{ dbt.type_string() }}) as merged_into,
    cast(null as boolean) as is_deleted,
    cast(null as boolean) as is_spam,
    cast(null as boolean) as is_minor,
    cast(null as {{ dbt.type_string() }}) as tags,
    cast(null as {{ dbt.type_string() }}) as subject,
    last_load_no as load_no
from versions
where version_no_from_last = 1
