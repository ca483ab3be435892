-- Made from the yml of the marts at build time; rows are literals, so nothing but the project decides them.
{%- set marts = [] -%}
{%- if execute -%}
  {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.schema == this.schema -%}
    {%- do marts.append(node) -%}
  {%- endfor -%}
{%- endif %}
with columns as (
    {%- for row in metric_dictionary(marts) %}
    select
        {{ text_literal(row.mart) }} as mart,
        {{ text_literal(row.column_name) }} as column_name,
        {{ row.column_no }} as column_no,
        {{ text_literal(row.kind) }} as kind,
        {{ row.is_metric | lower }} as is_metric,
        {{ text_literal(row.unit) }} as unit,
        {{ text_literal(row.data_type) }} as data_type,
        {{ text_literal(row.definition) }} as definition,
        {{ text_literal(row.rule) }} as rule,
        {{ text_literal(row.aggregation) }} as aggregation,
        {{ text_literal(row.variants) }} as variants,
        {{ row.is_grain | lower }} as is_grain
    {{ 'union all' if not loop.last }}
    {%- else %}
    select null as mart -- parsing: the graph is not there yet
    {%- endfor %}
)

select
    {{ surrogate_key(['mart', 'column_name']) }} as metric_key,
    mart,
    column_name,
    column_no,
    kind,
    is_metric,
    unit,
    data_type,
    definition,
    rule,
    aggregation,
    variants,
    is_grain
from columns
