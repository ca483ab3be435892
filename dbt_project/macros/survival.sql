{#- Kaplan-Meier estimate by key: of cases that are not over yet is known only that they last longer than they have
    lasted so far (right-censored), which a median of finished cases leaves out. `durations` is a CTE with the key, a
    bigint duration_us and is_event (1 = finished, 0 = censored then). One row per key and instant with events:
    survival = share not finished after duration_us. Cases censored at an instant were at risk at it.
    Product of shares = exp of the sum of logarithms; where all at risk finish the share is 0, which has none. -#}
{% macro kaplan_meier(durations, key) %}
    {%- set so_far = '(partition by ' ~ key ~ ' order by duration_us rows between unbounded preceding and current row)' %}
    select
        {{ key }},
        duration_us,
        at_risk_count,
        event_count,
        case
            when max(case when event_count = at_risk_count then 1 else 0 end) over {{ so_far }} = 1 then 0e0
            else exp(sum(case when event_count < at_risk_count then ln(1e0 - 1e0 * event_count / at_risk_count) end) over {{ so_far }})
        end as survival
    from (
        select
            {{ key }},
            duration_us,
            event_count,
            sum(case_count) over (
                partition by {{ key }} order by duration_us desc rows between unbounded preceding and current row
            ) as at_risk_count
        from (
            select {{ key }}, duration_us, count(*) as case_count, sum(is_event) as event_count
            from {{ durations }}
            group by {{ key }}, duration_us
        ) as instants
    ) as at_risk
    where event_count > 0
{% endmacro %}

{#- First duration at which half are finished, from rows of kaplan_meier; null if fewer than half ever are. The
    tolerance takes a half that rounding missed for a half. -#}
{% macro survival_median_us(survival='survival', duration_us='duration_us') -%}
    min(case when {{ survival }} <= 0.5e0 + 1e-9 then {{ duration_us }} end)
{%- endmacro %}

{#- Share finished within a time, from rows of kaplan_meier, as an aggregate; 0 before the first event. -#}
{% macro finished_within_rate(within_us, survival='survival', duration_us='duration_us') -%}
    1e0 - coalesce(min(case when {{ duration_us }} <= {{ within_us }} then {{ survival }} end), 1e0)
{%- endmacro %}
