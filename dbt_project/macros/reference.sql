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

{#- All time of each key cut where one of its rows begins or ends to be valid: gapless stretches, in each of which
    the same rows are in force. `rows_in_force` is a CTE with the keys, valid_from_us and valid_to_us. -#}
{% macro validity_spans(rows_in_force, keys) %}
    select
        {{ keys | join(', ') }},
        at_us as valid_from_us,
        coalesce(lead(at_us) over (partition by {{ keys | join(', ') }} order by at_us), {{ end_us() }}) as valid_to_us
    from (
        select {{ keys | join(', ') }}, valid_from_us as at_us from {{ rows_in_force }}
        union
        select {{ keys | join(', ') }}, valid_to_us from {{ rows_in_force }}
        union
        select {{ keys | join(', ') }}, cast({{ beginning_us() }} as bigint) from {{ rows_in_force }}
    ) as bounds
    where at_us < {{ end_us() }}
{% endmacro %}
