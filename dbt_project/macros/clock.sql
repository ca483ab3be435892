{#- The cumulative business clock (DESIGN 3). Open time between two instants is the difference of open time
    since the horizon: one equi-join on (clock, day) per instant, whatever the ticket's age.

      from ...
      {{ join_clock('a', 'x.clock_id', 'x.at_us') }}
      select {{ open_us('a', 'x.at_us') }}, {{ uncovered_us('a', 'x.at_us') }}

    uncovered_us counts the time no schedule was in force; a business value that measures any is null (A36). -#}
{% macro join_clock(alias, clock_id, at_us, type='inner') -%}
    {{ type }} join {{ ref('int_clock_days') }} as {{ alias }}
        on {{ alias }}.clock_id = {{ clock_id }}
        and {{ alias }}.day_no = {{ day_number(at_us) }}
        and {{ alias }}.from_us <= {{ at_us }}
        and {{ at_us }} < {{ alias }}.to_us
{%- endmacro %}

{% macro open_us(alias, at_us) -%}
    ({{ alias }}.open_before_us + case when {{ alias }}.is_open then {{ at_us }} - {{ alias }}.from_us else 0 end)
{%- endmacro %}

{% macro uncovered_us(alias, at_us) -%}
    ({{ alias }}.uncovered_before_us + case when {{ alias }}.is_covered then 0 else {{ at_us }} - {{ alias }}.from_us end)
{%- endmacro %}

{#- The instant after which open time since the horizon exceeds a value: where an amount of open time that was
    used up exactly at closing is passed when the clock runs again (A21). Null past the horizon (left join). -#}
{% macro join_clock_inverse(alias, clock_id, open_us) -%}
    left join {{ ref('int_clock_inverse') }} as {{ alias }}
        on {{ alias }}.clock_id = {{ clock_id }}
        and {{ alias }}.open_day_no = {{ day_number(open_us) }}
        and {{ alias }}.open_before_us <= {{ open_us }}
        and {{ open_us }} < {{ alias }}.open_after_us
{%- endmacro %}

{% macro instant_after_open_us(alias, open_us) -%}
    ({{ alias }}.from_us + {{ open_us }} - {{ alias }}.open_before_us)
{%- endmacro %}
