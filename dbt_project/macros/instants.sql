{#- Instants inside the warehouse are whole microseconds since 1970 in UTC (suffix _us): exact, cheap to
    compare and subtract, the same in every engine. Only marts turn them into timestamptz and seconds. -#}

{% macro micros(timestamp_column) %}{{ return(adapter.dispatch('micros')(timestamp_column)) }}{% endmacro %}
{% macro default__micros(timestamp_column) %}unix_micros({{ timestamp_column }}){% endmacro %}
{% macro duckdb__micros(timestamp_column) %}epoch_us({{ timestamp_column }}){% endmacro %}

{% macro instant(micros_column) %}{{ return(adapter.dispatch('instant')(micros_column)) }}{% endmacro %}
{% macro default__instant(micros_column) %}timestamp_micros({{ micros_column }}){% endmacro %}
{% macro duckdb__instant(micros_column) %}make_timestamptz({{ micros_column }}){% endmacro %}

{#- Seconds as a number, exact to the microsecond; rounding is for display only. -#}
{% macro seconds(micros_expression) %}({{ micros_expression }}) / 1000000.0{% endmacro %}

{% macro us_per_day() %}86400000000{% endmacro %}

{#- Whole days since 1970-01-01 of an instant: the key every clock look-up joins on. -#}
{% macro day_number(micros_expression) %}{{ return(adapter.dispatch('day_number')(micros_expression)) }}{% endmacro %}
{% macro default__day_number(micros_expression) %}cast(floor(({{ micros_expression }}) / 86400000000) as int){% endmacro %}
{% macro duckdb__day_number(micros_expression) %}cast(({{ micros_expression }}) // 86400000000 as int){% endmacro %}

{#- as_of as a literal in microseconds. -#}
{% macro as_of_us() %}
  {%- set text = var('as_of') | string | replace('T', ' ') | replace('Z', '') -%}
  {%- set parsed = modules.datetime.datetime.fromisoformat(text) -%}
  {%- set delta = parsed - modules.datetime.datetime(1970, 1, 1) -%}
  {{- return((delta.days * 86400 + delta.seconds) * 1000000 + delta.microseconds) -}}
{% endmacro %}

{#- 'HH:MM' as microseconds after midnight. -#}
{% macro hhmm_to_us(column) -%}
    (
        cast({{ dbt.split_part(column, "':'", 1) }} as bigint) * 3600000000
        + cast({{ dbt.split_part(column, "':'", 2) }} as bigint) * 60000000
    )
{%- endmacro %}
