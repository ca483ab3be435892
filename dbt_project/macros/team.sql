{#- Parts that the models of the team marts share: whose agent is meant, the roster at an instant, weeks. -#}

{#- The source whose roster the ids of agents in rows of a source belong to (`refers_to`, A41). One person is one
    agent there, whichever system tells of them. -#}
{% macro agent_homes() %}
    select source_id, refers_to_source_id as agent_source_id
    from {{ ref('stg_site__source_references') }}
    where reference = 'agent_id'
{% endmacro %}

{#- The stretch of the roster in force at an instant. `agent` is an alias with agent_source_id and agent_id. -#}
{% macro join_roster(alias, agent, at_us) -%}
    inner join {{ ref('int_team_roster') }} as {{ alias }}
        on {{ agent }}.agent_source_id = {{ alias }}.source_id
        and {{ agent }}.agent_id = {{ alias }}.agent_id
        and {{ alias }}.valid_from_us <= {{ at_us }}
        and {{ at_us }} < {{ alias }}.valid_to_us
{%- endmacro %}

{#- Bounds of the difference of two shares by Newcombe's method 10: Wilson's bounds of each share, put together by
    the squares of their distances (R. G. Newcombe, Interval estimation for the difference between independent
    proportions, Statistics in Medicine 17 (1998) 873-890). The same rule for any two estimates with bounds is
    MOVER (A. Donner, G. Y. Zou, Statistical Methods in Medical Research 21 (2012) 347-359). -#}
{% macro difference_lower(first, first_lower, second, second_upper) -%}
    ({{ first }} - {{ second }}) - sqrt(
        ({{ first }} - {{ first_lower }}) * ({{ first }} - {{ first_lower }})
        + ({{ second_upper }} - {{ second }}) * ({{ second_upper }} - {{ second }})
    )
{%- endmacro %}

{% macro difference_upper(first, first_upper, second, second_lower) -%}
    ({{ first }} - {{ second }}) + sqrt(
        ({{ first_upper }} - {{ first }}) * ({{ first_upper }} - {{ first }})
        + ({{ second }} - {{ second_lower }}) * ({{ second }} - {{ second_lower }})
    )
{%- endmacro %}

{#- Ranks (from 1) of the ordered values that bound a median with about 95 % confidence, by the normal approximation
    of the binomial (M. J. Campbell, M. J. Gardner, BMJ 296 (1988) 1454-1456); kept inside the sample. -#}
{% macro median_lower_rank(trials) -%}
    greatest(1, cast(round({{ trials }} / 2e0 - {{ normal_quantile() }} * sqrt(1e0 * {{ trials }}) / 2) as bigint))
{%- endmacro %}

{% macro median_upper_rank(trials) -%}
    least({{ trials }}, cast(round(1 + {{ trials }} / 2e0 + {{ normal_quantile() }} * sqrt(1e0 * {{ trials }}) / 2) as bigint))
{%- endmacro %}

{#- A mean weighted by design, from sums that can be added up over weeks: of weights (w), of w s, of w w, of w w s and
    of w w s s, with n the number of values; and from the least and most value. Its variance is linearised (Taylor), as
    of values drawn with replacement: n / (n - 1) * sum(w w (s - mean)^2) / sum(w)^2 (W. G. Cochran, Sampling
    Techniques, 1977, 6.4 and 9A.5). -#}
{% macro weighted_sums(score, weight, prefix) -%}
    count({{ score }}) as {{ prefix }}_count,
    sum(case when {{ score }} is not null then {{ weight }} end) as {{ prefix }}_w,
    sum({{ weight }} * {{ score }}) as {{ prefix }}_ws,
    sum(case when {{ score }} is not null then {{ weight }} * {{ weight }} end) as {{ prefix }}_ww,
    sum({{ weight }} * {{ weight }} * {{ score }}) as {{ prefix }}_wws,
    sum({{ weight }} * {{ weight }} * {{ score }} * {{ score }}) as {{ prefix }}_wwss,
    min({{ score }}) as {{ prefix }}_least,
    max({{ score }}) as {{ prefix }}_most
{%- endmacro %}

{% macro weighted_sum_names(prefix) %}
    {{ return([prefix ~ '_count', prefix ~ '_w', prefix ~ '_ws', prefix ~ '_ww', prefix ~ '_wws', prefix ~ '_wwss']) }}
{% endmacro %}

{#- What is not added up over weeks: of the least the least is taken, of the most the most. -#}
{% macro weighted_range(prefix) %}
    {{ return({prefix ~ '_least': 'min', prefix ~ '_most': 'max'}) }}
{% endmacro %}

{% macro weighted_mean(prefix) %}{{ prefix }}_ws / nullif({{ prefix }}_w, 0e0){% endmacro %}

{#- Null under two values: one says nothing about the spread. -#}
{% macro weighted_error(prefix) -%}
    sqrt(
        greatest(
            0e0,
            {{ prefix }}_wwss
            - 2 * ({{ weighted_mean(prefix) }}) * {{ prefix }}_wws
            + ({{ weighted_mean(prefix) }}) * ({{ weighted_mean(prefix) }}) * {{ prefix }}_ww
        ) * {{ prefix }}_count / nullif({{ prefix }}_count - 1, 0)
    ) / nullif({{ prefix }}_w, 0e0)
{%- endmacro %}

{#- What the bounds of the mean are made of: mean, error, number, whether values differ, and how many equally weighted
    values the weights are worth (Kish). -#}
{% macro weighted_parts(prefix) %}
    {{ return([
        '(' ~ weighted_mean(prefix) ~ ')',
        weighted_error(prefix),
        prefix ~ '_count',
        prefix ~ '_least < ' ~ prefix ~ '_most',
        '(' ~ prefix ~ '_w * ' ~ prefix ~ '_w / nullif(' ~ prefix ~ '_ww, 0e0))',
    ]) }}
{% endmacro %}

{#- Bounds of the mean of scores from 0 to 1, as those of the quality score (agg_quality_weekly). -#}
{% macro weighted_lower(prefix) %}{{ weighted_mean_lower(*weighted_parts(prefix)) }}{% endmacro %}

{% macro weighted_upper(prefix) %}{{ weighted_mean_upper(*weighted_parts(prefix)) }}{% endmacro %}

{#- '61 %' of 0.61, for sentences. -#}
{% macro percent_text(share) -%}
    cast(cast(round(100 * ({{ share }})) as int) as {{ dbt.type_string() }}) || ' %'
{%- endmacro %}

{% macro count_text(number) -%}
    cast({{ number }} as {{ dbt.type_string() }})
{%- endmacro %}

{#- What a team lead should look at: code, when, and the sentence that says why. Columns are those of the CTE
    `judged` of agg_specialist_weekly. -#}
{% macro coaching_flags() %}
    {%- set weeks = var('team_window_weeks') ~ ' weeks' -%}
    {{ return([
      {'code': 'sla_below_target',
       'holds': 'recent_sla_instance_count >= ' ~ var('team_minimum_sla_instances') ~ ' and recent_sla_upper_rate < ' ~ var('team_sla_target'),
       'reason': "'SLA met in ' || " ~ percent_text('recent_sla_rate') ~ " || ' of ' || " ~ count_text('recent_sla_instance_count')
          ~ " || ' instances in " ~ weeks ~ ", at most ' || " ~ percent_text('recent_sla_upper_rate')
          ~ " || ' by its interval, target ' || " ~ percent_text(var('team_sla_target'))},
      {'code': 'csat_below_target',
       'holds': 'recent_answered_count >= ' ~ var('csat_minimum_responses') ~ ' and recent_csat_upper_rate < ' ~ var('team_csat_target'),
       'reason': "'CSAT ' || " ~ percent_text('recent_csat_rate') ~ " || ' of ' || " ~ count_text('recent_answered_count')
          ~ " || ' answers in " ~ weeks ~ ", at most ' || " ~ percent_text('recent_csat_upper_rate')
          ~ " || ' by its interval, target ' || " ~ percent_text(var('team_csat_target'))},
      {'code': 'quality_below_target',
       'holds': 'recent_review_count >= ' ~ var('team_minimum_reviews') ~ ' and recent_quality_score_upper < ' ~ var('team_quality_target'),
       'reason': "'Quality score ' || " ~ percent_text('recent_quality_score') ~ " || ' over ' || " ~ count_text('recent_review_count')
          ~ " || ' reviews in " ~ weeks ~ ", at most ' || " ~ percent_text('recent_quality_score_upper')
          ~ " || ' by its interval, target ' || " ~ percent_text(var('team_quality_target'))},
      {'code': 'reopens_above_limit',
       'holds': 'recent_solved_count >= ' ~ var('csat_minimum_responses') ~ ' and recent_reopened_lower_rate > ' ~ var('team_reopen_limit'),
       'reason': percent_text('recent_reopened_rate') ~ " || ' of ' || " ~ count_text('recent_solved_count')
          ~ " || ' solves in " ~ weeks ~ " were reopened, at least ' || " ~ percent_text('recent_reopened_lower_rate')
          ~ " || ' by its interval, limit ' || " ~ percent_text(var('team_reopen_limit'))},
      {'code': 'slow_replies',
       'holds': 'timed_reply_count >= ' ~ var('team_minimum_replies') ~ ' and reply_seconds_business_p50 > '
          ~ var('team_slow_reply_factor') ~ ' * peer_reply_seconds_business_p50',
       'reason': "'Median reply took ' || " ~ count_text('round(cast(reply_seconds_business_p50 / 36e2 as decimal(18, 3)), 1)')
          ~ " || ' business hours, of the tier ' || " ~ count_text('round(cast(peer_reply_seconds_business_p50 / 36e2 as decimal(18, 3)), 1)')},
      {'code': 'too_many_tickets',
       'holds': 'tickets_in_hand_mean > ' ~ var('team_tickets_in_hand_limit'),
       'reason': "'On average ' || " ~ count_text('cast(round(tickets_in_hand_mean) as int)')
          ~ " || ' unsolved tickets in hand, limit " ~ var('team_tickets_in_hand_limit') ~ "'"},
      {'code': 'occupancy_above_limit',
       'holds': 'available_seconds >= 8 * 3600 and occupancy_rate > ' ~ var('team_occupancy_limit'),
       'reason': "'At work on tickets in ' || " ~ percent_text('occupancy_rate') ~ " || ' of the available time, limit ' || "
          ~ percent_text(var('team_occupancy_limit'))},
    ]) }}
{% endmacro %}
