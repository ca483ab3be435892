{#- Hash of the SQL of all models, and of the variables that rows kept from build to build rest on: marts built by
    other SQL are built anew. Macros are not in dbt's graph; the
    orchestrator passes their hash as the variable macros_hash, and `dbt build` by hand after a change of a macro
    takes --full-refresh. -#}
{% macro models_hash() %}
  {%- set checksums = [] -%}
  {%- if execute -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' -%}
      {%- do checksums.append(node.name ~ '=' ~ node.checksum.checksum) -%}
    {%- endfor -%}
  {%- endif -%}
  {%- for name in ['site_timezone', 'projection_days', 'backlog_age_band_days'] -%}
    {%- do checksums.append(name ~ '=' ~ var(name)) -%}
  {%- endfor -%}
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

{#- The models of an incremental strategy of this project. -#}
{% macro models_by_strategy(strategy) %}
  {%- set models = [] -%}
  {%- for node in graph.nodes.values()
      if node.resource_type == 'model' and node.config.incremental_strategy == strategy -%}
    {%- do models.append(node) -%}
  {%- endfor -%}
  {{- return(models) -}}
{% endmacro %}

{#- What the marts were last built on: the one row of int_build_state, or none if everything is to be built.
    No ref(): the model is built last, from this. -#}
{% macro last_build_state() %}
  {%- if not execute or flags.FULL_REFRESH -%}{{- return(none) -}}{%- endif -%}
  {%- for node in models_by_strategy('changed_tickets') + models_by_strategy('changed_cells') -%}
    {%- if not adapter.get_relation(node.database, node.schema, node.alias) -%}{{- return(none) -}}{%- endif -%}
  {%- endfor -%}
  {%- for node in models_by_strategy('kept_until_counted') -%}
    {%- set before = adapter.get_relation(node.database, node.schema, node.alias) -%}
    {%- if not before or counted_as_of_us(before) is none -%}{{- return(none) -}}{%- endif -%}
  {%- endfor -%}
  {%- set state = adapter.get_relation(target.database, 'intermediate', 'int_build_state') -%}
  {%- if not state or not adapter.get_relation(target.database, 'intermediate', 'int_build_roster')
      or 'roster_hash' not in adapter.get_columns_in_relation(state) | map(attribute='name') -%}
    {{- return(none) -}}
  {%- endif -%}
  {%- set rows = run_query('select build_id, load_no, as_of_us, reference_hash, models_hash, macros_hash from ' ~ state).rows -%}
  {{- return(rows[0] if rows | length == 1 else none) -}}
{% endmacro %}

{#- The build begun last, if it did not come to its end: the one row of int_build_scope where int_build_state, which is
    written last, is of another build. It may have left rows of its own as_of, or of other models, in some marts. By
    their ids, for an earlier build that broke off is forgotten once another one with the inputs of the state began. -#}
{% macro unfinished_build(state) %}
  {%- set scope = adapter.get_relation(target.database, 'intermediate', 'int_build_scope') if execute -%}
  {%- if not scope or not state -%}{{- return(none) -}}{%- endif -%}
  {%- set begun = run_query('select is_full, as_of_us, build_id, roster_hash from ' ~ scope).rows -%}
  {{- return(begun[0] if begun | length == 1 and begun[0]['build_id'] != state['build_id'] else none) -}}
{% endmacro %}

{#- The roster the marts are built on; none if everything is to be built. No ref(): it is written last. -#}
{% macro built_roster() %}
  {%- if not last_build_state() -%}{{- return(none) -}}{%- endif -%}
  {{- return(adapter.get_relation(target.database, 'intermediate', 'int_build_roster')) -}}
{% endmacro %}

{% macro holders_changed() %}
  {%- set holders = ref('int_changed_holders') -%}
  {%- if not execute -%}{{- return(true) -}}{%- endif -%}
  {{- return(run_query('select count(*) from ' ~ holders).rows[0][0] > 0) -}}
{% endmacro %}

{% macro build_is_full() %}
  {%- set scope = ref('int_build_scope') -%}
  {%- if not execute -%}{{- return(true) -}}{%- endif -%}
  {{- return(run_query('select is_full from ' ~ scope).rows[0][0]) -}}
{% endmacro %}

{#- What the marts contain as they stand: their last load and as_of, of a build that is not full. -#}
{% macro last_built() %}
  {%- set scope = ref('int_build_scope') -%}
  {%- if not execute -%}{{- return({'load_no': 0, 'as_of_us': 0}) -}}{%- endif -%}
  {%- set row = run_query('select since_load_no, since_as_of_us from ' ~ scope).rows[0] -%}
  {{- return({'load_no': row[0] | int, 'as_of_us': row[1] | int}) -}}
{% endmacro %}

{#- Whether as_of differs from that of the marts as they stand. -#}
{% macro as_of_moved() %}
  {%- set scope = ref('int_build_scope') -%}
  {%- if not execute -%}{{- return(true) -}}{%- endif -%}
  {{- return(run_query('select since_as_of_us is distinct from as_of_us from ' ~ scope).rows[0][0]) -}}
{% endmacro %}

{#- Instead of dbt's own: a model of which a full build computes every row is made anew then, also where it stands.
    To write all rows beside the table and then into it takes memory, and columns may have changed. -#}
{% macro should_full_refresh() %}
  {%- set is_asked = config.get('full_refresh') -%}
  {%- if is_asked is none -%}{%- set is_asked = flags.FULL_REFRESH -%}{%- endif -%}
  {%- set strategies = ['changed_tickets', 'changed_cells', 'restated_tickets'] -%}
  {{- return(is_asked or (config.get('incremental_strategy') in strategies and build_is_full())) -}}
{% endmacro %}

{#- Incremental strategy of the ticket marts: every row of a ticket of this build is replaced. Run again after a
    kill it gives the same. -#}
{% macro get_incremental_changed_tickets_sql(arg_dict) %}
  {%- set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') -%}
  delete from {{ arg_dict['target_relation'] }}
  where ticket_key in (select ticket_key from {{ ref('int_tickets') }});
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
