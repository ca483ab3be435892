{#- The class of status categories whose time each SLA metric counts (SEMANTICS 3); int_ticket_timeline keeps the
    running time of each class. What a solve ends never runs while resolved: periodic updates and total resolution run
    in every category there is until then. -#}
{% macro sla_metric_classes() %}
  {{ return({
    'first_reply': 'always',
    'next_reply': 'always',
    'periodic_update': 'always',
    'pausable_update': 'waiting',
    'requester_wait': 'waiting',
    'agent_work': 'working',
    'total_resolution': 'always',
  }) }}
{% endmacro %}

{% macro sla_classes() %}{{ return(['always', 'waiting', 'working']) }}{% endmacro %}

{#- Whether the clocks of a class run in a category. -#}
{% macro class_has(class, category) -%}
    {%- if class == 'waiting' -%} {{ category }} in ('new', 'open', 'on_hold')
    {%- elif class == 'working' -%} {{ category }} in ('new', 'open')
    {%- else -%} true
    {%- endif -%}
{%- endmacro %}

{#- Whether the clocks of a class run, given the category and whether the ticket is deleted. -#}
{% macro sla_class_runs(class, category, is_deleted) -%}
    not {{ is_deleted }} and {{ class_has(class, category) }}
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
