{#- Tables and views of DuckDB, replaced in one transaction: what dbt-duckdb does, without making them under another name
    and renaming twice. With some ninety models, most of what a build of few changed tickets takes is such statements.
    A killed build leaves the old one or the new one. -#}

{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
  {%- set target_relation = this.incorporate(type='table') -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {%- if model['language'] == 'python' %}
  {%- set made = make_intermediate_relation(target_relation) %}
  {{ drop_relation_if_exists(load_cached_relation(made)) }}
  {% call statement('main', language='python') -%}
    {{- create_table_as(False, made, compiled_code, 'python') }}
  {%- endcall %}
  {{ drop_relation_if_exists(load_cached_relation(target_relation)) }}
  {{ adapter.rename_relation(made, target_relation) }}
  {%- else %}
  {% call statement('main') -%}
    {{ drop_if_another_type(target_relation) }}
    drop table if exists {{ target_relation }};
    {{ create_table_as(False, target_relation, compiled_code) }}
  {%- endcall %}
  {%- endif %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
  {%- set target_relation = this.incorporate(type='view') -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {% call statement('main') -%}
    {{ drop_if_another_type(target_relation) }}
    create or replace view {{ target_relation }} as (
      {{ compiled_code }}
    );
  {%- endcall %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{#- A model that was a view is a table now, or the other way round. -#}
{% macro drop_if_another_type(relation) %}
  {%- set existing = load_cached_relation(relation) -%}
  {%- if existing and existing.type != relation.type -%}
    drop {{ existing.type }} if exists {{ existing }};
  {%- endif -%}
{% endmacro %}
