-- How much this build computes: all tickets (is_full), or those that changed since the last complete build.
-- Where that set can't be told cheaply, everything is built: another version of the models, a changed
-- reference table, an as_of that went back, a mart that is missing. So does a build that broke off, if it computed
-- everything or was ahead of this one: nothing tells which marts it had come to.
{%- set last = last_build_state() %}
{%- set unfinished = unfinished_build(last) %}
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
    models_hash,
    case when macros_hash = '' then '{{ last['macros_hash'] if last else '' }}' else macros_hash end as macros_hash
from {{ ref('int_build_inputs') }}
