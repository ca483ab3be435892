{{ config(post_hook="{{ create_word_type() }}") }}
-- The texts that the ticket and SLA models of a full build keep as codes (macros/coded.sql). No words in an
-- increment: its models keep the texts of their few tickets.
-- depends_on: {{ ref('int_build_scope') }}
{%- if build_is_full() %}
with tickets as (
    select * from {{ ref('int_tickets__unioned') }}
),

events as (
    select * from {{ ref('int_ticket_events__unioned') }}
),

changes as (
    select * from events
    where event_type = 'field_change'
        and field in ('status', 'priority', 'line_of_business', 'group_id', 'assignee_id', 'schedule_id', 'market', 'language')
),

texts as (
    select distinct new_value as word from changes
    union all
    select distinct old_value from changes
    union all
    select distinct event_type from events
    union all
    select distinct actor_role from events
    union all
    select distinct reference from events where event_type = 'macro'
    union all
    select distinct actor_id from events where event_type = 'macro' or (event_type = 'message' and actor_role = 'agent')
    {%- for column in ['source_id', 'channel', 'requester_segment', 'submitter_role', 'status', 'priority', 'line_of_business',
        'group_id', 'assignee_id', 'schedule_id', 'market', 'language'] %}
    union all
    select distinct {{ column }} from tickets
    {%- endfor %}
    {%- for model, columns in {
        'stg_site__source_references': ['source_id'],
        'stg_canonical__status_map': ['status', 'category'],
        'stg_canonical__agents': ['agent_id', 'tier', 'vendor'],
        'stg_canonical__groups': ['group_id', 'tier', 'vendor'],
        'stg_canonical__schedules': ['schedule_id'],
        'stg_canonical__sla_policies': ['policy_id'],
        'stg_canonical__sla_targets': ['policy_id', 'metric', 'priority', 'hours'],
    }.items() %}
    {%- for column in columns %}
    union all
    select {{ column }} from {{ ref(model) }}
    {%- endfor %}
    {%- endfor %}
    {%- for word in fixed_words() %}
    union all
    select '{{ word }}'
    {%- endfor %}
    union all
    select ''
    union all
    select chr(1)
)

select distinct word from texts where word is not null
{%- else %}
select cast(null as {{ dbt.type_string() }}) as word where false
{%- endif %}
