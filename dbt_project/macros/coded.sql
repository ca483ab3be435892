{#- Texts of which a build sees few, such as statuses, agents and groups, as codes: sorting, comparing and above all
    writing a code costs a fifth of what the text costs, and the models of a full build do so for every event. A
    coded column reads, compares and joins like the text it stands for, so models name no codes.

      coded('events.new_value')      the text as a code; it must be a word of int_words
      decoded('segments.status')     its text again, for a mart
      no_value()                     a word that no source uses, for a change to null

    Engines without such a type, increments and unit tests keep the text. -#}
{% macro coded(text) -%}{{ return(adapter.dispatch('coded')(text)) }}{%- endmacro %}
{% macro default__coded(text) -%}{{ return(text) }}{%- endmacro %}
{% macro duckdb__coded(text) -%}
  {{- return('cast(' ~ text ~ ' as main.word)' if words_are_coded() else text) -}}
{%- endmacro %}

{#- The text of a code, for what leaves the intermediate models. -#}
{% macro decoded(code) -%}cast({{ code }} as {{ dbt.type_string() }}){%- endmacro %}

{% macro no_value() -%}{{ return(coded('chr(1)')) }}{%- endmacro %}

{#- Nobody gains by codes for a handful of tickets, or for texts that hardly repeat. -#}
{% macro words_are_coded() %}
  {%- if model.resource_type != 'model' -%}{{- return(false) -}}{%- endif -%}
  {%- set words = ref('int_words') -%}
  {%- if not execute -%}{{- return(false) -}}{%- endif -%}
  {#- asked once per model, not for each of its columns -#}
  {%- if 'words_are_coded' not in model -%}
    {%- set count = run_query('select count(*) from ' ~ words).rows[0][0] -%}
    {%- do model.update({'words_are_coded': count > 0 and count <= 20000}) -%}
  {%- endif -%}
  {{- return(model.words_are_coded) -}}
{% endmacro %}

{#- Gives the words of this build to the type; columns written before keep the words they were written with. In the
    schema main, for DuckDB 1.5 cannot replay the log of a killed process that made a type in another. -#}
{% macro create_word_type() %}{{ return(adapter.dispatch('create_word_type')()) }}{% endmacro %}
{% macro default__create_word_type() %}{% endmacro %}
{% macro duckdb__create_word_type() %}
create or replace type main.word as enum (select word from {{ this }} order by word)
{% endmacro %}

{#- Words the models themselves write. -#}
{% macro fixed_words() %}
  {{ return([
    'created', 'message', 'macro', 'delete', 'restore', 'merge', 'spam', 'other', 'field_change',
    'status', 'priority', 'lob', 'group', 'assignee', 'schedule', 'market', 'language', 'epoch',
    'solve', 'reopen', 'reply', 'question', 'merged', 'policy', 'as_of',
    'new', 'open', 'pending', 'on_hold', 'solved', 'closed',
    'requester', 'agent', 'bot', 'system',
    'fulfilled', 'superseded', 'deleted', 'business', 'calendar',
  ] + sla_metric_classes().keys() | list) }}
{% endmacro %}
