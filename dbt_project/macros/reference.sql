{#- Rows of a reference model as each consuming source sees them: its own, or those of the source its
    `refers_to` names (SEMANTICS A41). The result's source_id is the consumer's. -#}
{% macro as_seen_by_sources(model, reference) %}
    select
        source_references.source_id as consumer_id,
        reference_rows.*
    from {{ ref(model) }} as reference_rows
    inner join {{ ref('stg_site__source_references') }} as source_references
        on reference_rows.source_id = source_references.refers_to_source_id
        and source_references.reference = '{{ reference }}'
{% endmacro %}

{#- Validity bounds in microseconds; an open end reaches past any instant of the data. -#}
{% macro beginning_us() %}-62135596800000000{% endmacro %}
{% macro end_us() %}253402300800000000{% endmacro %}
{% macro valid_from_us(column='valid_from') %}coalesce({{ micros(column) }}, {{ beginning_us() }}){% endmacro %}
{% macro valid_to_us(column='valid_to') %}coalesce({{ micros(column) }}, {{ end_us() }}){% endmacro %}
