{#- Contact drivers: what a contact is about, and for whom. -#}

{#- The columns of a driver, besides the source. -#}
{% macro driver_dimensions() %}
  {{- return(['line_of_business', 'contact_reason', 'market', 'language', 'channel']) -}}
{% endmacro %}

{#- Key of a driver: one hash over all weeks, so that a driver of this week is found in last year's rows. -#}
{% macro driver_key(alias='') -%}
  {%- set prefix = alias ~ '.' if alias else '' -%}
  {%- set columns = [] -%}
  {%- for column in ['source_id'] + driver_dimensions() -%}{%- do columns.append(prefix ~ column) -%}{%- endfor -%}
  {{ cell_key(columns) }}
{%- endmacro %}

{#- Weeks since that of 1969-12-29, a Monday. -#}
{% macro week_number(date_column) -%}
    cast(({{ dbt.datediff("cast('1969-12-29' as date)", date_column, 'day') }}) / 7 as int)
{%- endmacro %}
