{#- Text hash of columns that may be null: each value with its length before it, so that no two cells share a
    key, whatever the texts hold and wherever the nulls are. -#}
{% macro cell_key(columns) -%}
    md5(concat(
        {%- for column in columns %}
        coalesce(cast(length(cast({{ column }} as {{ dbt.type_string() }})) as {{ dbt.type_string() }}) || ':' || cast({{ column }} as {{ dbt.type_string() }}), '-')
        {{- ',' if not loop.last }}
        {%- endfor %}
    ))
{%- endmacro %}

{#- Two rows have the same values in these columns, nulls being the same. -#}
{% macro same_values(left, right, columns) -%}
    {%- for column in columns -%}
    {{ left }}.{{ column }} is not distinct from {{ right }}.{{ column }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- A number for each row, each another, in no order that means anything. -#}
{% macro any_number() %}{{ return(adapter.dispatch('any_number')()) }}{% endmacro %}
{% macro default__any_number() %}monotonically_increasing_id(){% endmacro %}
{% macro duckdb__any_number() %}row_number() over (){% endmacro %}
