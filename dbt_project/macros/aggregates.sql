{#- The value in the row with the least `by`, of the rows in which the value is not null. -#}
{% macro value_of_least(value, by) %}{{ return(adapter.dispatch('value_of_least')(value, by)) }}{% endmacro %}
{% macro default__value_of_least(value, by) %}min_by({{ value }}, case when {{ value }} is not null then {{ by }} end){% endmacro %}
{% macro duckdb__value_of_least(value, by) %}arg_min({{ value }}, {{ by }}){% endmacro %}
