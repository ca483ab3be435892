{#- A record is made by the build and stands with its publication: what a build recorded that was never published
    is forgotten, and the period is closed by the next build. The variable published_as_of is the as_of of the
    latest publication; without it every build counts as published. Runs in the transaction that appends. -#}
{% macro forget_unpublished_records() %}
  {%- set published_as_of = var('published_as_of', '') | string -%}
  {%- if execute and is_incremental() and published_as_of -%}
  delete from {{ this }} where recorded_as_of_us > {{ text_us(published_as_of) }}
  {%- endif -%}
{% endmacro %}

{#- Microseconds since 1970 of a UTC instant written 'YYYY-MM-DD HH:MM:SS[.ffffff]'. -#}
{% macro text_us(text) %}
  {%- set delta = modules.datetime.datetime.fromisoformat(text | replace('T', ' ') | replace('Z', ''))
      - modules.datetime.datetime(1970, 1, 1) -%}
  {{- return((delta.days * 86400 + delta.seconds) * 1000000 + delta.microseconds) -}}
{% endmacro %}

{#- Incremental strategy of fct_sla_reported: the rows of the tickets of this build, and of those with new records,
    are replaced. -#}
{% macro get_incremental_restated_tickets_sql(arg_dict) %}
  {%- set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') -%}
  delete from {{ arg_dict['target_relation'] }}
  {%- if not build_is_full() %}
  where ticket_key in (
      select ticket_key from {{ ref('int_tickets') }}
      union
      select ticket_key from {{ arg_dict['temp_relation'] }}
  )
  {%- endif %};
  insert into {{ arg_dict['target_relation'] }} ({{ columns }})
  select {{ columns }} from {{ arg_dict['temp_relation'] }}
{% endmacro %}

{#- A number that tells rows of other values apart; compared within one build only, never kept. -#}
{% macro row_hash(columns) %}{{ return(adapter.dispatch('row_hash')(columns)) }}{% endmacro %}
{% macro default__row_hash(columns) %}xxhash64({{ columns | join(', ') }}){% endmacro %}
{% macro duckdb__row_hash(columns) %}hash({{ columns | join(', ') }}){% endmacro %}
