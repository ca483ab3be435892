{#- The class of status categories each SLA metric runs in (SEMANTICS 3); int_ticket_timeline keeps the running
    time of each class. -#}
{% macro sla_metric_classes() %}
  {{ return({
    'first_reply': 'always',
    'next_reply': 'always',
    'periodic_update': 'unsolved',
    'pausable_update': 'waiting',
    'requester_wait': 'waiting',
    'agent_work': 'working',
    'total_resolution': 'unsolved',
  }) }}
{% endmacro %}

{% macro sla_classes() %}{{ return(['always', 'unsolved', 'waiting', 'working']) }}{% endmacro %}

{#- Whether the clocks of a class run, given the category and whether the ticket is deleted. -#}
{% macro sla_class_runs(class, category, is_deleted) -%}
    not {{ is_deleted }}
    {%- if class == 'unsolved' %} and {{ category }} in ('new', 'open', 'pending', 'on_hold')
    {%- elif class == 'waiting' %} and {{ category }} in ('new', 'open', 'on_hold')
    {%- elif class == 'working' %} and {{ category }} in ('new', 'open')
    {%- endif %}
{%- endmacro %}

{#- Running time of a class up to a row of the timeline, in the window so_far. It is a sum over stretches of
    F(end) - F(start) for the stretches that run, F being the clock; summed by parts it is a sum over the moments
    where running starts or stops. `before` is F by the clock of the stretch that ends there, `after` by the next. -#}
{% macro running_sum(class, before, after) -%}
    cast(
        sum(previous_runs_{{ class }} * {{ before }} - runs_{{ class }} * {{ after }}) over so_far
        + runs_{{ class }} * {{ after }} as bigint
    )
{%- endmacro %}

{#- The column of a timeline row (alias) that belongs to the class of the metric in metric_column. -#}
{% macro by_metric_class(metric_column, alias, prefix='', suffix='') -%}
    case
        {%- for class in sla_classes() %}
        when {{ metric_column }} in ({{ metrics_of_class(class) }}) then {{ alias }}.{{ prefix }}{{ class }}{{ suffix }}
        {%- endfor %}
    end
{%- endmacro %}

{% macro metrics_of_class(class) -%}
    '{{ sla_metric_classes().items() | selectattr(1, 'equalto', class) | map('first') | join("', '") }}'
{%- endmacro %}

{#- Ticks order the moments of a ticket: event n is tick 2n, what follows from it 2n + 1; a merge and as_of
    come after every event. -#}
{% macro merged_tick() %}2147483645{% endmacro %}
{% macro as_of_tick() %}2147483646{% endmacro %}
