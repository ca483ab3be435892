{#- Counts of complaints over rows of fct_appeals of one body. appeal = decided + omitted + pending. -#}
{% macro appeal_counts() -%}
    count(*) as appeal_count,
    count(case when is_decided then 1 end) as decided_count,
    count(case when is_reversed then 1 end) as reversed_count,
    count(case when is_partially_reversed then 1 end) as partially_reversed_count,
    count(case when is_omitted then 1 end) as omitted_count,
    count(case when is_pending then 1 end) as pending_count
{%- endmacro %}

{#- What of decided complaints was reversed, with bounds of chance, and with bounds of what is still pending: as if all
    of it were upheld, as if all of it were reversed. -#}
{% macro overturn_rates() -%}
    {{ rate('reversed_count', 'decided_count') }} as overturn_rate,
    {{ wilson_lower('reversed_count', 'decided_count') }} as overturn_lower_rate,
    {{ wilson_upper('reversed_count', 'decided_count') }} as overturn_upper_rate,
    {{ rate('partially_reversed_count', 'decided_count') }} as partial_rate,
    {{ rate('reversed_count', '(decided_count + pending_count)') }} as overturn_least_rate,
    {{ rate('(reversed_count + pending_count)', '(decided_count + pending_count)') }} as overturn_most_rate
{%- endmacro %}
