{#- States of an insight: which step may follow which, and what it means where one is out of order. -#}

{#- Steps of the usual course. -#}
{% macro insight_usual_steps() %}
  {{- return([
    ('raised', 'accepted'), ('raised', 'declined'), ('accepted', 'in_progress'), ('in_progress', 'shipped'),
    ('shipped', 'verified'), ('shipped', 'reopened'), ('verified', 'reopened'),
    ('reopened', 'accepted'), ('reopened', 'in_progress'),
  ]) -}}
{% endmacro %}

{#- Steps that are taken, but flagged: a step between was left out, or a decision taken back. -#}
{% macro insight_unusual_steps() %}
  {{- return({
    'skips_a_step': [
      ('raised', 'in_progress'), ('raised', 'shipped'), ('accepted', 'shipped'), ('reopened', 'shipped'),
    ],
    'takes_back_a_decision': [
      ('accepted', 'declined'), ('in_progress', 'declined'), ('reopened', 'declined'), ('declined', 'accepted'),
    ],
  }) -}}
{% endmacro %}

{% macro is_step_of(from_state, to_state, steps) -%}
    ({%- for before, after in steps -%}
    ({{ from_state }} = '{{ before }}' and {{ to_state }} = '{{ after }}'){{ ' or ' if not loop.last }}
    {%- endfor -%})
{%- endmacro %}

{#- What is odd about a step, null if nothing is. -#}
{% macro insight_step_issue(from_state, to_state) -%}
    case
        when {{ is_step_of(from_state, to_state, insight_usual_steps()) }} then null
        {%- for issue, steps in insight_unusual_steps().items() %}
        when {{ is_step_of(from_state, to_state, steps) }} then '{{ issue }}'
        {%- endfor %}
        when {{ from_state }} = {{ to_state }} then 'repeats_the_state'
        else 'not_allowed'
    end
{%- endmacro %}

{#- The state after a step: a step that is not allowed changes nothing. -#}
{% macro insight_state_after(from_state, to_state) -%}
    case
        when {{ is_step_of(from_state, to_state, insight_usual_steps()) }} then {{ to_state }}
        {%- for issue, steps in insight_unusual_steps().items() %}
        when {{ is_step_of(from_state, to_state, steps) }} then {{ to_state }}
        {%- endfor %}
        else {{ from_state }}
    end
{%- endmacro %}

{#- States in which the owner team still has something to do. -#}
{% macro insight_open_states() %}('raised', 'accepted', 'in_progress', 'reopened'){% endmacro %}

{#- Due date by the owner rule, unless a team names another. `insight` is an alias with priority and due_days_*. -#}
{% macro insight_rule_due_date(insight, detected_date) -%}
    {%- set due_days -%}
        case {{ insight }}.priority
            when 'high' then {{ insight }}.due_days_high
            when 'medium' then {{ insight }}.due_days_medium
            else {{ insight }}.due_days_low
        end
    {%- endset -%}
    cast({{ dbt.dateadd('day', due_days, detected_date) }} as date)
{%- endmacro %}
