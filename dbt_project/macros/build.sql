{#- Hash of the SQL of all models: marts built by other SQL are built anew. Macros are not in dbt's graph; the
    orchestrator passes their hash as the variable macros_hash, and `dbt build` by hand after a change of a macro
    takes --full-refresh. -#}
{% macro models_hash() %}
  {%- set checksums = [] -%}
  {%- if execute -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' -%}
      {%- do checksums.append(node.name ~ '=' ~ node.checksum.checksum) -%}
    {%- endfor -%}
  {%- endif -%}
  {{- return(local_md5(checksums | sort | join(','))) -}}
{% endmacro %}

{#- All columns of a relation as one text, nulls told apart. -#}
{% macro row_text(relation, except=[]) %}
  {%- set parts = [] -%}
  {%- if execute -%}
    {%- for column in adapter.get_columns_in_relation(relation) if column.name not in except -%}
      {%- do parts.append("coalesce(cast(" ~ adapter.quote(column.name) ~ " as " ~ dbt.type_string() ~ "), chr(0))") -%}
    {%- endfor -%}
  {%- endif -%}
  concat_ws('|', {{ parts | join(', ') if parts else "''" }})
{%- endmacro %}

{#- The models that are computed for changed tickets only. -#}
{% macro ticket_marts() %}
  {%- set marts = [] -%}
  {%- for node in graph.nodes.values()
      if node.resource_type == 'model' and node.config.incremental_strategy == 'changed_tickets' -%}
    {%- do marts.append(node) -%}
  {%- endfor -%}
  {{- return(marts) -}}
{% endmacro %}

{#- What the marts were last built on: the one row of int_build_state, or none if everything is to be built.
    No ref(): the model is built last, from this. -#}
{% macro last_build_state() %}
  {%- if not execute or flags.FULL_REFRESH -%}{{- return(none) -}}{%- endif -%}
  {%- for node in ticket_marts() -%}
    {%- if not adapter.get_relation(node.database, node.schema, node.alias) -%}{{- return(none) -}}{%- endif -%}
  {%- endfor -%}
  {%- set state = adapter.get_relation(target.database, 'intermediate', 'int_build_state') -%}
  {%- if not state -%}{{- return(none) -}}{%- endif -%}
  {%- set rows = run_query('select load_no, as_of_us, reference_hash, models_hash, macros_hash from ' ~ state).rows -%}
  {{- return(rows[0] if rows | length == 1 else none) -}}
{% endmacro %}

{% macro build_is_full() %}
  {%- set scope = ref('int_build_scope') -%}
  {%- if not execute -%}{{- return(true) -}}{%- endif -%}
  {{- return(run_query('select is_full from ' ~ scope).rows[0][0]) -}}
{% endmacro %}

{#- Incremental strategy of the ticket marts: every row of a ticket of this build is replaced. Run again after a
    kill it gives the same. -#}
{% macro get_incremental_changed_tickets_sql(arg_dict) %}
  {%- set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') -%}
  delete from {{ arg_dict['target_relation'] }}
  {%- if not build_is_full() %}
  where ticket_key in (select ticket_key from {{ ref('int_tickets') }})
  {%- endif %};
  insert into {{ arg_dict['target_relation'] }} ({{ columns }})
  select {{ columns }} from {{ arg_dict['temp_relation'] }}
{% endmacro %}

{#- Leaves word of who built last: a build by hand or of a selection may leave marts of different instants, so the
    orchestrator builds everything anew after one. -#}
{% macro record_builder() %}
  {%- if execute and flags.WHICH in ('run', 'build') -%}
  create schema if not exists intermediate;
  create or replace table intermediate.last_builder as select '{{ var('built_by') }}' as built_by
  {%- endif -%}
{% endmacro %}
