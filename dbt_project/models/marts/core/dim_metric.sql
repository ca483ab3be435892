-- Made from the yml of the marts at build time; rows are literals, so nothing but the project decides them.
{%- set marts = [] -%}
{%- if execute -%}
  {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.schema == this.schema -%}
    {%- do marts.append(node) -%}
  {%- endfor -%}
{%- endif %}
{#- Asked for once: calling the macro for each of some 13,000 values takes a second. -#}
{%- set escaped_quote = dbt.escape_single_quotes("'") -%}
{%- set names = ['mart', 'column_name', 'column_no', 'kind', 'is_metric', 'unit', 'data_type', 'definition', 'rule', 'aggregation',
    'variants', 'is_grain', 'is_primary_key'] %}
-- One list of values, for a union of as many selects takes seconds to plan.
with columns ({{ names | join(', ') }}) as (
    values
    {%- for row in metric_dictionary(marts) %}
    (
        {%- for name in names -%}
        {%- set value = row[name] -%}
        {%- if value is none -%}null{%- elif value is boolean or value is number -%}{{ value | lower }}{%- else -%}'{{ value | replace("'", escaped_quote) }}'{%- endif -%}
        {{- ', ' if not loop.last -}}
        {%- endfor -%}
    ){{ ',' if not loop.last }}
    {%- else %}
    ({% for name in names %}null{{ ', ' if not loop.last }}{% endfor %}) -- parsing: the graph is not there yet
    {%- endfor %}
)

select
    {{ surrogate_key(['mart', 'column_name']) }} as metric_key,
    {%- for name in names %}
    {%- if name in ['column_no', 'is_metric', 'is_grain', 'is_primary_key'] %}
    {{ name }}
    {%- else %}
    cast({{ name }} as {{ dbt.type_string() }}) as {{ name }}
    {%- endif %}
    {{- ',' if not loop.last }}
    {%- endfor %}
from columns
