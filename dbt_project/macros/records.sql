{#- A record is made by the build and stands with its publication: what a build recorded that was never published
    is forgotten, and the period is closed by the next build. The variable published_as_of is the as_of of the
    latest publication; without it every build counts as published. Runs in the transaction that appends. -#}
{% macro forget_unpublished_records() %}
  {%- set published_as_of = var('published_as_of', '') | string -%}
  {%- if execute and is_incremental() and published_as_of -%}
  delete from {{ this }} where recorded_as_of_us > {{ text_us(published_as_of) }}
  {%- endif -%}
{% endmacro %}

{#- Whether a week or month has ended since the last record, so that this build is to record it; what is forgotten at
    once counts as never recorded. -#}
{% macro a_period_closes() %}
  {%- set days = ref('int_site_days') -%}
  {%- set published_as_of = var('published_as_of', '') | string -%}
  {%- if not execute or not is_incremental() -%}{{- return(true) -}}{%- endif -%}
  {%- set query -%}
  with last_record as (
      select coalesce(max(recorded_as_of_us), {{ beginning_us() }}) as recorded_as_of_us from {{ this }}
      where sla_key is null {{ 'and recorded_as_of_us <= ' ~ text_us(published_as_of) if published_as_of }}
  ),

  periods as (
      select max(to_us) as ends_us from {{ days }} group by week_start_date
      union all
      select max(to_us) from {{ days }} group by month_start_date
  )

  select count(*) from periods
  cross join last_record
  where periods.ends_us > last_record.recorded_as_of_us and periods.ends_us <= {{ as_of_us() }}
  {%- endset -%}
  {{- return(run_query(query).rows[0][0] > 0) -}}
{% endmacro %}

{#- When this record was written last, which is in its rows without `key`; from the beginning if it never was. -#}
{% macro last_record(key) -%}
    {%- if is_incremental() %}
    select coalesce(max(recorded_as_of_us), {{ beginning_us() }}) as recorded_as_of_us from {{ this }} where {{ key }} is null
    {%- else %}
    select cast({{ beginning_us() }} as bigint) as recorded_as_of_us
    {%- endif %}
{%- endmacro %}

{#- What a build writes beside each row it records: its as_of and the last load it saw. -#}
{% macro this_record() -%}
    select
        cast({{ as_of_us() }} as bigint) as recorded_as_of_us,
        (select max(load_no) from {{ ref('stg_site__load_report') }}) as recorded_load_no
{%- endmacro %}

{#- Microseconds since 1970 of a UTC instant written 'YYYY-MM-DD HH:MM:SS[.ffffff]'. -#}
{% macro text_us(text) %}
  {%- set delta = modules.datetime.datetime.fromisoformat(text | replace('T', ' ') | replace('Z', ''))
      - modules.datetime.datetime(1970, 1, 1) -%}
  {{- return((delta.days * 86400 + delta.seconds) * 1000000 + delta.microseconds) -}}
{% endmacro %}

{#- What is recorded of an SLA row besides its end, and compared with what is known now. -#}
{% macro reported_values() %}
  {{- return(['status', 'policy_id', 'priority', 'hours', 'target_seconds', 'elapsed_seconds', 'tier', 'vendor',
    'line_of_business', 'market', 'is_excluded']) -}}
{% endmacro %}

{#- Keys of the tickets of which a build compares records with what is known now: its own; those of which `differences`
    has rows without a record, for they may have one by now, or rows of a record that was forgotten, or whose difference
    a change of the roster may explain now. -#}
{% macro tickets_to_restate(differences) %}
    select ticket_key from {{ ref('int_tickets') }}
    union
    select ticket_key from {{ differences }}
    where recorded_as_of is null
        or {{ micros('recorded_as_of') }} not in (
            select recorded_as_of_us from {{ ref('int_sla_records') }} where sla_key is null
        )
        {%- if holders_changed() %}
        or recorded_tier is distinct from restated_tier
        or recorded_vendor is distinct from restated_vendor
        {%- endif %}
{% endmacro %}

{#- Incremental strategy of int_sla_differences: the rows of those tickets are replaced. -#}
{% macro get_incremental_restated_tickets_sql(arg_dict) %}
  {%- set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') -%}
  delete from {{ arg_dict['target_relation'] }}
  where ticket_key in ({{ tickets_to_restate(arg_dict['target_relation']) }});
  insert into {{ arg_dict['target_relation'] }} ({{ columns }})
  select {{ columns }} from {{ arg_dict['temp_relation'] }}
{% endmacro %}

{#- A number that tells rows of other values apart; compared within one build only, never kept. -#}
{% macro row_hash(columns) %}{{ return(adapter.dispatch('row_hash')(columns)) }}{% endmacro %}
{% macro default__row_hash(columns) %}xxhash64({{ columns | join(', ') }}){% endmacro %}
{% macro duckdb__row_hash(columns) %}hash({{ columns | join(', ') }}){% endmacro %}
