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

{#- The row in force at each instant, over all time of each key: a select of the keys, valid_from_us, valid_to_us,
    is_in_force (false where no row is) and `values`. Of rows that overlap, the one with the latest valid_from holds
    (A28, A40); what is left to decide, the latest end and then `tie_breakers` decide. `rows_in_force` is a CTE with
    the keys, valid_from_us, valid_to_us and what is named. -#}
{% macro latest_in_force(rows_in_force, keys, values, tie_breakers=none) %}
    select
        {{ keys | join(', ') }},
        valid_from_us,
        valid_to_us,
        is_in_force,
        {{ values | join(', ') }}
    from (
        select
            {%- for key in keys %}
            spans.{{ key }},
            {%- endfor %}
            spans.valid_from_us,
            spans.valid_to_us,
            candidates.valid_from_us is not null as is_in_force,
            {%- for value in values %}
            candidates.{{ value }},
            {%- endfor %}
            row_number() over (
                partition by {% for key in keys %}spans.{{ key }}, {% endfor %}spans.valid_from_us
                order by candidates.valid_from_us desc, candidates.valid_to_us desc
                {%- for column in tie_breakers or values %}, candidates.{{ column }}{% endfor %}
            ) as choice_no
        from (
            {{ validity_spans(rows_in_force, keys) }}
        ) as spans
        left join {{ rows_in_force }} as candidates
            on {% for key in keys %}spans.{{ key }} = candidates.{{ key }} and {% endfor %}candidates.valid_from_us <= spans.valid_from_us
            and spans.valid_from_us < candidates.valid_to_us
    ) as ranked
    where choice_no = 1
{% endmacro %}

{#- A list without spaces around its separators and at its ends. -#}
{% macro without_spaces_around(column, separator) %}{{ return(adapter.dispatch('without_spaces_around')(column, separator)) }}{% endmacro %}
{% macro default__without_spaces_around(column, separator) %}regexp_replace(trim({{ column }}), ' *{{ separator }} *', '{{ separator }}'){% endmacro %}
{% macro duckdb__without_spaces_around(column, separator) %}regexp_replace(trim({{ column }}), ' *{{ separator }} *', '{{ separator }}', 'g'){% endmacro %}
