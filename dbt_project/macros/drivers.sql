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

{#- Levels at which contacts are compared with what was to be expected: the columns that make the driver, and the
    slice of contacts it is compared with. The single driver (five columns) is too thin to be compared within its
    market, language and channel, so it is set against the whole source (int_driver_baselines). -#}
{% macro driver_levels() %}
  {{- return({
    'line_of_business': {'dimensions': ['line_of_business'], 'slice': []},
    'reason': {'dimensions': ['line_of_business', 'contact_reason'], 'slice': []},
    'reason_market': {'dimensions': ['line_of_business', 'contact_reason', 'market'], 'slice': ['market']},
    'reason_language': {'dimensions': ['line_of_business', 'contact_reason', 'language'], 'slice': ['language']},
    'reason_channel': {'dimensions': ['line_of_business', 'contact_reason', 'channel'], 'slice': ['channel']},
  }) -}}
{% endmacro %}

{#- Key of a driver at a level. -#}
{% macro level_key(level, alias='') -%}
  {%- set prefix = alias ~ '.' if alias else '' -%}
  {%- set columns = [] -%}
  {%- for column in ['source_id'] + driver_levels()[level].dimensions -%}{%- do columns.append(prefix ~ column) -%}{%- endfor -%}
  {{ cell_key(["'" ~ level ~ "'"] + columns) }}
{%- endmacro %}

{#- Contacts to be expected this week. A trailing share carries half a contact more than was seen: a driver never seen before is rare, not impossible. -#}
{% macro driver_expectation(trailing_count) -%}
    case
        when trailing_index_count > 0
            then (coalesce({{ trailing_count }}, 0) + 0.5e0) * index_count / trailing_index_count
    end
{%- endmacro %}

{#- Variance of a count about its expectation if contacts came by chance alone, as a multiple of the expectation: the
    count's own, that of the trailing share, and that of the contacts it is compared with. -#}
{% macro driver_chance_dispersion(expected, trailing_count) -%}
    1e0 + {{ expected }} / (coalesce({{ trailing_count }}, 0) + 0.5e0)
    + case when is_comparable then {{ expected }} / index_count else 0e0 end
{%- endmacro %}

{#- What is counted of a driver in a week, besides the minors' cases among all of it. -#}
{% macro driver_counts() %}
  {{- return(['contact_count', 'reopen_count', 'reopened_count', 'agent_reply_count', 'survey_sent_count',
    'survey_responded_count', 'satisfied_count', 'dissatisfied_count', 'appeal_count', 'appeal_decided_count',
    'appeal_overturned_count']) -}}
{% endmacro %}
