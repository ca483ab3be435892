{#- One row per whole number from low up to and including high. -#}
{% macro integer_series(low, high, column) %}{{ return(adapter.dispatch('integer_series')(low, high, column)) }}{% endmacro %}
{% macro default__integer_series(low, high, column) %}select explode(sequence({{ low }}, {{ high }})) as {{ column }}{% endmacro %}
{% macro duckdb__integer_series(low, high, column) %}select unnest(range({{ low }}, {{ high }} + 1)) as {{ column }}{% endmacro %}
