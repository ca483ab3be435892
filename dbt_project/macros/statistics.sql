{#- Share of successes, null where there was no trial. -#}
{% macro rate(successes, trials) -%}
    1e0 * {{ successes }} / nullif({{ trials }}, 0)
{%- endmacro %}

{#- Bounds of the 95 % Wilson score interval of a share, null where there was no trial. Kept inside [0, 1], which
    rounding would leave by 1e-17 at either end; asked for, since greatest and least pass over nulls. -#}
{% macro wilson_lower(successes, trials) -%}
    case
        when {{ trials }} > 0 then greatest(0e0, {{ wilson_center(successes, trials) }} - {{ wilson_margin(successes, trials) }})
    end
{%- endmacro %}

{% macro wilson_upper(successes, trials) -%}
    case
        when {{ trials }} > 0 then least(1e0, {{ wilson_center(successes, trials) }} + {{ wilson_margin(successes, trials) }})
    end
{%- endmacro %}

{#- The 97.5 % point of the normal distribution. -#}
{% macro normal_quantile() %}1.959963984540054e0{% endmacro %}

{% macro wilson_center(successes, trials) -%}
    ({{ successes }} + {{ normal_quantile() }} * {{ normal_quantile() }} / 2)
    / nullif({{ trials }} + {{ normal_quantile() }} * {{ normal_quantile() }}, 0e0)
{%- endmacro %}

{% macro wilson_margin(successes, trials) -%}
    {{ normal_quantile() }} * sqrt(
        1e0 * {{ successes }} * ({{ trials }} - {{ successes }}) / nullif({{ trials }}, 0)
        + {{ normal_quantile() }} * {{ normal_quantile() }} / 4
    ) / ({{ trials }} + {{ normal_quantile() }} * {{ normal_quantile() }})
{%- endmacro %}

{#- Bounds of the 95 % interval of a design-weighted mean of scores from 0 to 1, null under two scores. Equal scores have
    no spread to go by: then the bounds of a share of as many scores as the weights are worth (`effective`, Kish). -#}
{% macro weighted_mean_lower(mean, standard_error, count, has_spread, effective) -%}
    case
        when {{ count }} < 2 then null
        when {{ has_spread }} then greatest(0e0, {{ mean }} - {{ normal_quantile() }} * {{ standard_error }})
        else {{ wilson_lower('(' ~ mean ~ ' * ' ~ effective ~ ')', effective) }}
    end
{%- endmacro %}

{% macro weighted_mean_upper(mean, standard_error, count, has_spread, effective) -%}
    case
        when {{ count }} < 2 then null
        when {{ has_spread }} then least(1e0, {{ mean }} + {{ normal_quantile() }} * {{ standard_error }})
        else {{ wilson_upper('(' ~ mean ~ ' * ' ~ effective ~ ')', effective) }}
    end
{%- endmacro %}

{#- Percentiles with linear interpolation between neighbours (numpy's default), nulls left out: one aggregate for
    all shares, since each would keep and sort the values of every group; percentile_of takes one out of it. -#}
{% macro percentiles(column, shares) %}{{ return(adapter.dispatch('percentiles')(column, shares)) }}{% endmacro %}
{% macro default__percentiles(column, shares) %}percentile({{ column }}, array({{ shares | join(', ') }})){% endmacro %}
{% macro duckdb__percentiles(column, shares) %}quantile_cont({{ column }}, [{{ shares | join(', ') }}]){% endmacro %}

{#- The percentile in a place (from 0) of what percentiles gave. -#}
{% macro percentile_of(percentiles, place) %}{{ return(adapter.dispatch('percentile_of')(percentiles, place)) }}{% endmacro %}
{% macro default__percentile_of(percentiles, place) %}{{ percentiles }}[{{ place }}]{% endmacro %}
{% macro duckdb__percentile_of(percentiles, place) %}{{ percentiles }}[{{ place + 1 }}]{% endmacro %}

{#- Variance of a sample (n - 1) from its count, sum and sum of squares; null under two values, and never below 0, which
    rounding would allow. -#}
{% macro sample_variance(count, sum, square_sum) -%}
    case
        when {{ count }} > 1
            then greatest(0e0, ({{ square_sum }} - {{ sum }} * {{ sum }} / {{ count }}) / ({{ count }} - 1))
    end
{%- endmacro %}
