-- How much this build computes: all tickets (is_full), or those that changed since the last complete build.
-- Where that set can't be told cheaply, everything is built: another version of the models, a changed
-- reference table, an as_of that went back, a mart that is missing. So does a build that broke off, if it computed
-- everything, was ahead of this one or saw another roster: nothing tells which marts it had come to. And so does a
-- change of the roster that concerns more than a quarter of the tickets: increments are made for few.
-- depends_on: {{ ref('int_changed_holders') }}
{%- set last = last_build_state() %}
{%- set unfinished = unfinished_build(last) %}
{%- set is_roster_changed = last and holders_changed() %}
{%- set tickets_mart = adapter.get_relation(target.database, 'marts', 'fct_tickets') if is_roster_changed %}
{%- if is_roster_changed %}
with held as (
    select count(*) as ticket_count, count(coalesce(agents.holder_id, groups.holder_id)) as concerned_count
    from {{ tickets_mart }} as tickets
    left join {{ ref('int_changed_holders') }} as agents
        on agents.holder = 'agent' and tickets.source_id = agents.source_id and tickets.assignee_id = agents.holder_id
    left join {{ ref('int_changed_holders') }} as groups
        on groups.holder = 'group' and tickets.source_id = groups.source_id and tickets.group_id = groups.holder_id
)
{% endif %}
select
    {% if last -%}
    not (
        reference_hash = '{{ last['reference_hash'] }}'
        and models_hash = '{{ last['models_hash'] }}'
        and macros_hash in ('', '{{ last['macros_hash'] }}')
        and as_of_us >= {{ last['as_of_us'] }}
        and load_no >= {{ last['load_no'] }}
        {%- if unfinished %}
        and {{ 'false' if unfinished['is_full'] else 'as_of_us >= ' ~ unfinished['as_of_us'] }}
        and roster_hash = '{{ unfinished['roster_hash'] }}'
        {%- endif %}
        {%- if is_roster_changed %}
        and (select concerned_count * 4 <= ticket_count from held)
        {%- endif %}
    ) as is_full,
    cast({{ last['load_no'] }} as bigint) as since_load_no,
    cast({{ last['as_of_us'] }} as bigint) as since_as_of_us,
    {%- else -%}
    true as is_full,
    cast(null as bigint) as since_load_no,
    cast(null as bigint) as since_as_of_us,
    {%- endif %}
    load_no,
    as_of_us,
    '{{ invocation_id }}' as build_id,
    reference_hash,
    roster_hash,
    models_hash,
    case when macros_hash = '' then '{{ last['macros_hash'] if last else '' }}' else macros_hash end as macros_hash
from {{ ref('int_build_inputs') }}
