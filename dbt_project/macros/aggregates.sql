{#- The value in the row with the least `by`, of the rows in which the value is not null. -#}
{% macro value_of_least(value, by) %}{{ return(adapter.dispatch('value_of_least')(value, by)) }}{% endmacro %}
{% macro default__value_of_least(value, by) %}min_by({{ value }}, case when {{ value }} is not null then {{ by }} end){% endmacro %}
{% macro duckdb__value_of_least(value, by) %}arg_min({{ value }}, {{ by }}){% endmacro %}

{#- The latest, or next, value that is not null, of a window that follows: `{{ last_known('status') }} over so_far`. -#}
{% macro last_known(value) %}{{ return(adapter.dispatch('last_known')(value)) }}{% endmacro %}
{% macro default__last_known(value) %}last_value({{ value }}) ignore nulls{% endmacro %}
{% macro duckdb__last_known(value) %}last_value({{ value }} ignore nulls){% endmacro %}

{% macro next_known(value) %}{{ return(adapter.dispatch('next_known')(value)) }}{% endmacro %}
{% macro default__next_known(value) %}first_value({{ value }}) ignore nulls{% endmacro %}
{% macro duckdb__next_known(value) %}first_value({{ value }} ignore nulls){% endmacro %}

{#- The values of a group as one text, in order of other columns. Not dbt's listagg, which on Spark leaves them in any
    order. -#}
{% macro joined(value, separator, order) %}{{ return(adapter.dispatch('joined')(value, separator, order)) }}{% endmacro %}
{% macro default__joined(value, separator, order) -%}
    nullif(
        array_join(
            transform(
                sort_array(collect_list(struct({{ order | join(', ') }}, {{ value }} as joined_value))),
                element -> element.joined_value
            ),
            '{{ separator }}'
        ),
        ''
    )
{%- endmacro %}
{% macro duckdb__joined(value, separator, order) -%}
    string_agg({{ value }}, '{{ separator }}' order by {{ order | join(', ') }})
{%- endmacro %}
