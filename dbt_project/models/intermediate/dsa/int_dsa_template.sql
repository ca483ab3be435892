-- The template's rows, from macros/dsa.sql.
{% for row in dsa_template() %}
select
    cast({{ row.row_no }} as int) as row_no,
    '{{ row.section }}' as section,
    '{{ row.indicator_code }}' as indicator_code,
    '{{ row.indicator }}' as indicator,
    '{{ row.scope_code }}' as scope_code,
    '{{ row.scope }}' as scope
{{ 'union all' if not loop.last }}
{%- endfor %}
