{#- Detection of insights: tests of a driver's cases against its own past. docs/insights.md explains them in words. -#}

{#- Weeks of a baseline of rates: at most so many, and no test with fewer before the window. -#}
{% macro insight_baseline_weeks() %}12{% endmacro %}
{% macro insight_least_reach() %}4{% endmacro %}

{#- What leaves a week out of later baselines: a signed root beyond it, of the first pass. -#}
{% macro insight_extreme_root() %}3e0{% endmacro %}

{#- a ln(a / b), with its limit 0 at a = 0; b is positive. -#}
{% macro a_ln_ratio(a, b) -%}
    (case when {{ a }} > 0 then {{ a }} * ln({{ a }} / ({{ b }})) else 0e0 end)
{%- endmacro %}

{#- A count moved half a case towards what was expected, not beyond: the tail of a discrete count then stays below
    that of the normal distribution that stands for it. -#}
{% macro half_towards(count, expected) -%}
    (case
        when {{ count }} > {{ expected }} then greatest({{ count }} - 0.5e0, {{ expected }})
        else least({{ count }} + 0.5e0, {{ expected }})
    end)
{%- endmacro %}

{#- The weeks before a window of so many weeks that ends in the row's week. -#}
{% macro rate_baseline_frame(window_weeks) -%}
    rows between {{ insight_baseline_weeks() | int + window_weeks - 1 }} preceding and {{ window_weeks }} preceding
{%- endmacro %}

{#- CTEs that score rates of windows of so many weeks: <prefix>_sums … <prefix>_scores, one row per driver and week.
    `weeks` holds driver_scope_key, group_key, stratum, week_no, trial_count, event_count, is_left_out (of the driver's
    week). Expected = the driver's own past rate, moved by the change of its mix of strata (share shift) and by what
    happened to all other drivers of the measure. -#}
{% macro rate_score_ctes(prefix, weeks, window_weeks) %}
{{ prefix }}_strata as (
    select
        *,
        sum(trial_count) over ending as trials,
        sum(event_count) over ending as events,
        coalesce(sum(case when not is_left_out then trial_count end) over past, 0) as past_trials,
        coalesce(sum(case when not is_left_out then event_count end) over past, 0) as past_events,
        max(case when is_left_out then 1 else 0 end) over ending as has_left_out,
        count(*) over past as reach_weeks
    from {{ weeks }}
    window
        ending as (
            partition by driver_scope_key, stratum order by week_no rows between {{ window_weeks - 1 }} preceding and current row
        ),
        past as (partition by driver_scope_key, stratum order by week_no {{ rate_baseline_frame(window_weeks) }})
),

-- past rate of each stratum over all drivers, drawn towards the rate of all where it rests on few
{{ prefix }}_strata_rates as (
    select
        *,
        (
            sum(past_events) over of_stratum
            + 20e0 * sum(past_events) over of_group / nullif(sum(past_trials) over of_group, 0)
        ) / (sum(past_trials) over of_stratum + 20e0) as stratum_rate,
        sum(trials) over of_driver as driver_trials,
        sum(past_trials) over of_driver as driver_past_trials
    from {{ prefix }}_strata
    where reach_weeks >= {{ insight_least_reach() }}
    window
        of_stratum as (partition by group_key, stratum, week_no),
        of_group as (partition by group_key, week_no),
        of_driver as (partition by driver_scope_key, week_no)
),

{{ prefix }}_drivers as (
    select
        driver_scope_key,
        group_key,
        week_no,
        max(has_left_out) as has_left_out,
        sum(trials) as trials,
        sum(events) as events,
        sum(past_trials) as past_trials,
        sum(past_events) as past_events,
        (sum(past_events) + 0.5e0) / (sum(past_trials) + 1e0) as past_rate,
        coalesce(
            sum((trials - driver_trials * past_trials / nullif(driver_past_trials, 0)) * stratum_rate), 0e0
        ) as mix_events
    from {{ prefix }}_strata_rates
    group by 1, 2, 3
),

{{ prefix }}_own as (
    select
        *,
        trials * past_rate + mix_events as own_expected,
        case when has_left_out = 0 and past_trials > 0 then 1e0 else 0e0 end as is_yardstick
    from {{ prefix }}_drivers
),

{{ prefix }}_common as (
    select
        *,
        (
            (sum(is_yardstick * (events - own_expected)) over grouped) - is_yardstick * (events - own_expected)
        ) / greatest((sum(is_yardstick * trials) over grouped) - is_yardstick * trials, 1e0) as common_change
    from {{ prefix }}_own
    window grouped as (partition by group_key, week_no)
),

{{ prefix }}_expected as (
    select
        *,
        least(0.98e0, greatest(0.02e0, own_expected / trials + common_change)) as expected_rate
    from {{ prefix }}_common
    where trials >= {{ var('insight_least_trials') }} and past_trials >= {{ var('insight_least_past_trials') }}
),

{{ prefix }}_centred as (
    select
        *,
        {{ half_towards('events', 'trials * expected_rate') }} as counted
    from {{ prefix }}_expected
),

{{ prefix }}_scores as (
    select
        *,
        case when counted >= trials * expected_rate then 1e0 else -1e0 end
        * sqrt(greatest(0e0, 2 * (
            {{ a_ln_ratio('counted', 'trials * expected_rate') }}
            + {{ a_ln_ratio('(trials - counted)', 'trials * (1 - expected_rate)') }}
        )))
        / sqrt(1 + 1e0 * trials / past_trials) as score
    from {{ prefix }}_centred
)
{% endmacro %}

{#- Which measures an insight of a kind is about, and the other way round. -#}
{% macro insight_kind(measure) -%}
    case {{ measure }} when 'contacts' then 'spike' when 'csat' then 'csat_driver' when 'overturn' then 'overturn' else 'emerging' end
{%- endmacro %}

{#- Rate with one event and one other case added to the counts of the model int_insight_effects: intervals of
    differences then hold at small numbers (Agresti, Caffo 2000). -#}
{% macro insight_added_rate(role, period) -%}
    (({{ role }}_{{ period }}_events + 1) / ({{ role }}_{{ period }}_trials + 2))
{%- endmacro %}
