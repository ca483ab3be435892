{#- Tenure in bands of days since hiring (csat_tenure_band_days: the last day of each band but the open one). -#}
{% macro tenure_band(days) -%}
    case
        {%- set ends = var('csat_tenure_band_days') %}
        when {{ days }} < 0 then null
        {%- for end in ends %}
        when {{ days }} <= {{ end }} then '{{ 0 if loop.first else ends[loop.index0 - 1] + 1 }}-{{ end }}'
        {%- endfor %}
        when {{ days }} > {{ ends[-1] }} then '>{{ ends[-1] }}'
    end
{%- endmacro %}

{#- Whether a share may be ranked: enough trials, and a 95 % Wilson interval that is narrow enough (SEMANTICS 4). -#}
{% macro share_is_rankable(successes, trials) -%}
    coalesce(
        {{ trials }} >= {{ var('csat_minimum_responses') }}
        and {{ wilson_upper(successes, trials) }} - {{ wilson_lower(successes, trials) }} < {{ var('csat_maximum_interval') }},
        false
    )
{%- endmacro %}

{#- Rate of a share with its bounds and whether it may be ranked, as columns <name>_rate, <name>_lower_rate, … -#}
{% macro share_columns(name, successes, trials) -%}
    {{ rate(successes, trials) }} as {{ name }}_rate,
    {{ wilson_lower(successes, trials) }} as {{ name }}_lower_rate,
    {{ wilson_upper(successes, trials) }} as {{ name }}_upper_rate
{%- endmacro %}

{#- The counts of CSAT over rows of fct_csat_responses that count. -#}
{% macro csat_counts() -%}
    count(*) as sent_count,
    count(case when is_responded then 1 end) as responded_count,
    count(case when is_satisfied then 1 end) as satisfied_count,
    count(case when is_dissatisfied then 1 end) as dissatisfied_count,
    count(case when not is_responded and not is_expired then 1 end) as open_count,
    count(case when has_unusable_score then 1 end) as unusable_count,
    count(case when is_answered_only then 1 end) as answered_only_count,
    -- whom the response rate is taken of: nobody knows where a source tells of answered surveys only
    case when count(case when is_answered_only then 1 end) = 0 then count(*) end as asked_count,
    count(case when is_minor then 1 end) as minor_count
{%- endmacro %}

{#- What CSAT would be if all who did not answer were dissatisfied, or satisfied: how far silence leaves it open. The
    columns are those of csat_counts, of the relation `counted` if it is named. -#}
{% macro silence_columns(counted=none) -%}
    {%- set of = counted ~ '.' if counted else '' -%}
    {{ rate(of ~ 'satisfied_count', of ~ 'asked_count') }} as csat_if_silent_dissatisfied_rate,
    {{ rate('(' ~ of ~ 'satisfied_count + ' ~ of ~ 'sent_count - ' ~ of ~ 'responded_count)', of ~ 'asked_count') }} as csat_if_silent_satisfied_rate
{%- endmacro %}

{#- Whether a group answers less, or more, than its whole source by more than chance. -#}
{% macro response_standing_columns(counted, source_rate) -%}
    {{ wilson_upper(counted ~ '.responded_count', counted ~ '.asked_count') }} < {{ source_rate }} as is_response_low,
    {{ wilson_lower(counted ~ '.responded_count', counted ~ '.asked_count') }} > {{ source_rate }} as is_response_high
{%- endmacro %}
