{#- Age bands of open tickets: the days at which a ticket moves into the next one. -#}
{% macro age_band_limits() %}{{ return(var('backlog_age_band_days')) }}{% endmacro %}

{% macro age_band_name(number) -%}
    {%- set limits = age_band_limits() -%}
    {%- if number == 0 -%}under {{ limits[0] }} d
    {%- elif number == limits | length -%}{{ limits[-1] }} d and over
    {%- else -%}{{ limits[number - 1] }} to {{ limits[number] }} d
    {%- endif -%}
{%- endmacro %}

{#- Number of the band an age in microseconds falls into, from 0. -#}
{% macro age_band_no(age_us) -%}
    case
        {%- for limit in age_band_limits() %}
        when {{ age_us }} < {{ limit }} * {{ us_per_day() }} then {{ loop.index0 }}
        {%- endfor %}
        else {{ age_band_limits() | length }}
    end
{%- endmacro %}

{#- One row per band: number, name, age at which it begins and ends. -#}
{% macro age_bands() -%}
    {%- set limits = age_band_limits() -%}
    {%- for number in range(limits | length + 1) %}
    select
        {{ number }} as age_band_no,
        '{{ age_band_name(number) }}' as age_band,
        cast({{ 0 if loop.first else limits[number - 1] }} as bigint) * {{ us_per_day() }} as from_age_us,
        {{ end_us() if loop.last else limits[number] ~ ' * ' ~ us_per_day() }} as to_age_us
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
