{#- Aggregates of which a build computes the changed cells only. What the tickets of a build counted for is noted in an
    int_<what>_before model before their rows are replaced; the aggregate is corrected by it, and in the same transaction
    the note is emptied (cells_are_counted). So a build that is killed anywhere and repeated ends right: a ticket's
    first note stands until it is used. -#}

{#- Post-hook of such an aggregate: nothing is left to correct. The row without ticket_key says what the aggregate
    stands for. -#}
{% macro cells_are_counted(before) -%}
  delete from {{ before }};
  insert into {{ before }} (counted_as_of_us) values ({{ as_of_us() }})
{%- endmacro %}

{#- The as_of in microseconds of an aggregate as it stands; none if it is not known to be complete. -#}
{% macro counted_as_of_us(before) %}
  {%- if not execute or not before -%}{{- return(none) -}}{%- endif -%}
  {%- set rows = run_query('select counted_as_of_us from ' ~ before ~ ' where ticket_key is null').rows -%}
  {{- return(rows[0][0] if rows | length == 1 else none) -}}
{% endmacro %}

{#- Incremental strategy of the notes: added to until they are used, and of no use once everything is computed. -#}
{% macro get_incremental_kept_until_counted_sql(arg_dict) %}
  {%- set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') -%}
  {%- if build_is_full() -%}
  delete from {{ arg_dict['target_relation'] }}
  {%- else -%}
  insert into {{ arg_dict['target_relation'] }} ({{ columns }})
  select {{ columns }} from {{ arg_dict['temp_relation'] }}
  {%- endif -%}
{% endmacro %}

{#- Incremental strategy of the aggregates: the model gives all cells that may have changed, and those among them that
    the predicates find empty are left out. -#}
{% macro get_incremental_changed_cells_sql(arg_dict) %}
  {%- set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') -%}
  {%- set key = arg_dict['unique_key'] -%}
  delete from {{ arg_dict['target_relation'] }}
  where {{ key }} in (select {{ key }} from {{ arg_dict['temp_relation'] }});
  insert into {{ arg_dict['target_relation'] }} ({{ columns }})
  select {{ columns }} from {{ arg_dict['temp_relation'] }}
  where {{ arg_dict['incremental_predicates'] | join(' and ') }}
{% endmacro %}

{#- The tickets an aggregate is corrected for: those of this build, and those noted by builds that did not come to it. -#}
{% macro tickets_to_count(before) -%}
    select ticket_key from {{ ref('int_tickets') }}
    union
    select ticket_key from {{ before }} where ticket_key is not null
{%- endmacro %}

{#- Whether a note names tickets of builds that did not come to the aggregate, and not of this one. -#}
{% macro has_tickets_of_other_builds(before) %}
  {%- if not execute -%}{{- return(false) -}}{%- endif -%}
  {%- set rows = run_query('select count(*) from ' ~ before ~ ' where ticket_key is not null and ticket_key not in (select ticket_key from '
      ~ ref('int_tickets') ~ ')').rows -%}
  {{- return(rows[0][0] > 0) -}}
{% endmacro %}

{#- Rows of a mart, all of them or those of the tickets of a CTE `batch`. -#}
{% macro rows_of_batch(relation, is_partial) -%}
    select * from {{ relation }}
    {%- if is_partial %}
    where ticket_key in (select ticket_key from batch)
    {%- endif %}
{%- endmacro %}

{#- Tickets of this build that are not noted yet. -#}
{% macro tickets_to_note() -%}
    select ticket_key from {{ ref('int_tickets') }}
    where ticket_key not in (select ticket_key from {{ this }} where ticket_key is not null)
{%- endmacro %}
