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
