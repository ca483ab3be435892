{#- What an SLA outcome is counted under in agg_sla_daily. -#}
{% macro sla_daily_dimensions() %}
  {{- return(['source_id', 'ended_date', 'metric', 'line_of_business', 'tier', 'vendor', 'market', 'priority']) -}}
{% endmacro %}

{#- The SLA rows that attainment counts, met or breached, open breached ones included (SEMANTICS 3), each on its day:
    rows of `sla`, a relation or CTE with the columns of fct_ticket_sla. Whether the ticket is excluded is not asked
    here. -#}
{% macro sla_outcomes(sla) -%}
    select
        outcomes.*,
        site_days.site_date as ended_date
    from (
        select
            *,
            {{ micros('coalesce(ended_at, breached_at)') }} as counted_us
        from {{ sla }}
        where is_final and status in ('met', 'breached')
    ) as outcomes
    {{ join_site_day('site_days', 'outcomes.counted_us') }}
{%- endmacro %}
