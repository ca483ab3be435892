{#- Tail probabilities in plain SQL. -#}

{#- P(Z > z) of the standard normal. Chebyshev fitting of erfc (Numerical Recipes 6.2, erfcc): relative error below
    1.2e-7 everywhere, so that far tails keep their order, which an approximation of the distribution function
    with a small absolute error would not. -#}
{% macro normal_upper_tail(z) -%}
    case
        when {{ z }} >= 0 then 0.5e0 * {{ erfc_of('(' ~ z ~ ') / 1.4142135623730951e0') }}
        else 1e0 - 0.5e0 * {{ erfc_of('-(' ~ z ~ ') / 1.4142135623730951e0') }}
    end
{%- endmacro %}

{#- erfc of a number that is not negative. -#}
{% macro erfc_of(x) -%}
    {%- set t = '(1e0 / (1e0 + 0.5e0 * (' ~ x ~ ')))' -%}
    {%- set coefficients = ['0.17087277e0', '-0.82215223e0', '1.48851587e0', '-1.13520398e0', '0.27886807e0',
        '-0.18628806e0', '0.09678418e0', '0.37409196e0', '1.00002368e0'] -%}
    {%- set chain = namespace(sql=coefficients[0]) -%}
    {%- for coefficient in coefficients[1:] -%}
        {%- set chain.sql = '(' ~ coefficient ~ ' + ' ~ t ~ ' * ' ~ chain.sql ~ ')' -%}
    {%- endfor -%}
    ({{ t }} * exp(-({{ x }}) * ({{ x }}) - 1.26551223e0 + {{ t }} * {{ chain.sql }}))
{%- endmacro %}

{#- How far a count lies above (below: negative) a mean, in standard deviations of a normal of the same tail. A count
    of mean m is at least x as often as a gamma variable of shape x is at most m; with dispersion d (variance / mean)
    both are divided by d; Wilson and Hilferty (1931) turn the gamma into a normal. `count` may lie between whole
    numbers, and must be positive. -#}
{% macro count_score(count, mean, dispersion) -%}
    3e0 * sqrt(({{ count }}) / ({{ dispersion }})) * (
        1e0 - ({{ dispersion }}) / (9e0 * ({{ count }})) - power(({{ mean }}) / ({{ count }}), 1e0 / 3)
    )
{%- endmacro %}
