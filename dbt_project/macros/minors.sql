{#- Few minors in a row: rather than having the publication blank the row (orchestration/suppression.py), these
    aggregates leave the minors' cases out of it. What is left tells nothing about them, and the row stays useful. -#}

{#- Number of different minors' cases per row of the aggregate. `relations` have the dimensions, ticket_key, is_minor. -#}
{% macro minors_by_row(relations, dimensions) %}
    select {{ dimensions | join(', ') }}, count(distinct ticket_key) as minor_count
    from (
        {%- for relation in relations %}
        select {{ dimensions | join(', ') }}, ticket_key from {{ relation }} where is_minor
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    ) as cases
    group by {{ dimensions | join(', ') }}
{% endmacro %}

{#- The rows of a relation that count: all, but those of minors where their row has too few of them. `minors` names
    a CTE made by minors_by_row. -#}
{% macro without_few_minors(relation, dimensions, minors='minors') %}
    select {{ relation }}.*
    from {{ relation }}
    left join {{ minors }}
        on {% for column in dimensions -%}
        {{ relation }}.{{ column }} is not distinct from {{ minors }}.{{ column }}
        {{ 'and ' if not loop.last }}
        {%- endfor %}
    where not coalesce({{ relation }}.is_minor, false) or {{ minors }}.minor_count >= {{ var('minors_minimum_cell') }}
{% endmacro %}

{#- What minor_count says of a row: the minors' cases that are counted in it. -#}
{% macro counted_minors(count) -%}
    case when {{ count }} >= {{ var('minors_minimum_cell') }} then {{ count }} else 0 end
{%- endmacro %}
