{#- The date that is n days after 1970-01-01. -#}
{% macro date_of_number(days) -%}
    cast({{ dbt.dateadd('day', days, "cast('1970-01-01' as date)") }} as date)
{%- endmacro %}

{#- The day of the site's calendar that an instant belongs to. -#}
{% macro join_site_day(alias, at_us, type='inner') -%}
    {{ type }} join {{ ref('int_site_days') }} as {{ alias }}
        on {{ alias }}.utc_day_no = {{ day_number(at_us) }}
        and {{ alias }}.from_us <= {{ at_us }}
        and {{ at_us }} < {{ alias }}.to_us
{%- endmacro %}

{#- First day of a half-year, counted 2 * year for its first half and 2 * year + 1 for its second. -#}
{% macro date_of_half(half_no) -%}
    cast(concat(cast(floor(({{ half_no }}) / 2) as int), case when ({{ half_no }}) % 2 = 0 then '-01-01' else '-07-01' end) as date)
{%- endmacro %}

{#- Whether a week or month of the site's calendar had ended at as_of: it begins before the one as_of lies in.
    `first_day` is the date the period begins on, as in int_site_days. -#}
{% macro is_complete(first_day, period='week') -%}
    {{ first_day }} < (select max({{ period }}_start_date) from {{ ref('int_site_days') }} where from_us <= {{ as_of_us() }})
{%- endmacro %}
