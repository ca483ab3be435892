{#- The metric dictionary: what the yml of the marts says about their columns, as rows. It fails the build at a
    column nobody described or whose kind nobody can tell, naming both mart and column. -#}

{#- Kinds, with unit and advice on adding values up. A column's meta may override unit and aggregation. -#}
{% macro metric_kinds() %}
  {{ return({
    'key': {'unit': none, 'is_metric': false, 'aggregation': 'count distinct'},
    'attribute': {'unit': none, 'is_metric': false, 'aggregation': 'group by, filter'},
    'instant': {'unit': 'UTC instant', 'is_metric': false, 'aggregation': 'min, max, filter'},
    'date': {'unit': 'day in the zone of the site', 'is_metric': false, 'aggregation': 'group by, filter'},
    'flag': {'unit': 'true or false', 'is_metric': true, 'aggregation': 'share of true rows, filter'},
    'count': {'unit': 'count', 'is_metric': true, 'aggregation': 'sum, average'},
    'seconds': {'unit': 'seconds', 'is_metric': true, 'aggregation': 'sum, average, percentiles'},
    'rate': {'unit': 'share from 0 to 1', 'is_metric': true,
             'aggregation': 'do not average; divide the summed numerator by the summed denominator'},
    'number': {'unit': none, 'is_metric': true, 'aggregation': 'as the definition says'},
    'ordinal': {'unit': none, 'is_metric': false, 'aggregation': 'max, filter'},
  }) }}
{% endmacro %}

{#- The kind of a column: its meta, else the contract of the suffixes, else text, which can only be an attribute.
    None if it can't be told. -#}
{% macro metric_kind(name, data_type, meta) %}
  {%- if meta.get('kind') -%}{{ return(meta['kind'] if meta['kind'] in metric_kinds() else none) }}
  {%- elif name[:3] == 'is_' or name[:4] == 'has_' -%}{{ return('flag') }}
  {%- elif name[-4:] == '_key' or name[-3:] == '_id' -%}{{ return('key') }}
  {%- elif name[-3:] == '_at' -%}{{ return('instant') }}
  {%- elif name[-5:] == '_date' or name == 'date' -%}{{ return('date') }}
  {%- elif name[-6:] == '_count' -%}{{ return('count') }}
  {%- elif name[-5:] == '_rate' or '_rate_' in name -%}{{ return('rate') }}
  {%- elif name[-3:] == '_no' -%}{{ return('ordinal') }}
  {%- elif name[:8] == 'seconds_' or name[-8:] == '_seconds' or '_seconds_' in name -%}{{ return('seconds') }}
  {%- elif (data_type or '') | lower in ['varchar', 'text', 'string'] -%}{{ return('attribute') }}
  {%- endif -%}
  {{ return(none) }}
{% endmacro %}

{#- Advice on adding values up, of a column that has none of its own: that of its kind, of counts what config.meta of
    the mart says in count_aggregation. Advice to add up says what small cells do to a sum; config.meta.few_minors is
    left_out where the build leaves minors' cases out of the rows (macros/minors.sql), none where there are none. -#}
{% macro metric_aggregation(node, kind, own) %}
  {%- set mart_meta = node.config.meta or {} -%}
  {%- set advice = own or (mart_meta.get('count_aggregation') if kind == 'count' else none) or metric_kinds()[kind].aggregation -%}
  {%- if kind == 'count' and 'minor_count' in node.columns and (advice[:3] == 'sum' or advice[:4] == 'add ') -%}
    {%- if mart_meta.get('few_minors') == 'left_out' -%}{{ return(advice ~ '; few minors are in no sum') }}
    {%- elif mart_meta.get('few_minors') != 'none' -%}{{ return(advice ~ '; published sums leave suppressed cells out') }}
    {%- endif -%}
  {%- endif -%}
  {{ return(advice) }}
{% endmacro %}

{#- The columns with the test `unique`, by the unique_id of their model; none while parsing, when there is no graph. -#}
{% macro columns_tested_unique() %}
  {%- set found = {} -%}
  {%- for test in graph.get('nodes', {}).values()
      if test.resource_type == 'test' and test.test_metadata and test.test_metadata.name == 'unique' and test.column_name -%}
    {%- do found.setdefault(test.attached_node, []).append(test.column_name) -%}
  {%- endfor -%}
  {{ return(found) }}
{% endmacro %}

{#- The columns that tell a mart's rows apart: the first one tested unique; of marts too large for that test the leading
    key; else the grain. -#}
{% macro primary_key(node, tested_unique) %}
  {%- for name in node.columns if name in tested_unique -%}
    {{ return([name]) }}
  {%- endfor -%}
  {%- set leading = node.columns.keys() | first -%}
  {{ return([leading] if leading[-4:] == '_key' else (node.config.meta or {}).get('grain', [])) }}
{% endmacro %}

{#- One dict per mart column, by mart and place; raises at the first column that is not fit for the dictionary. -#}
{% macro metric_dictionary(nodes) %}
  {%- set rows = [] -%}
  {%- set tested_unique = columns_tested_unique() -%}
  {%- set kinds = metric_kinds() -%}
  {%- for node in nodes | sort(attribute='name') -%}
    {%- if not node.columns -%}
      {{ metric_dictionary_error(node.name, '-', 'the mart has no columns in its yml') }}
    {%- elif not node.config.contract.enforced -%}
      {{ metric_dictionary_error(node.name, '-', 'its contract is not enforced, so columns may be missing from its yml') }}
    {%- endif -%}
    {%- set grain = (node.config.meta or {}).get('grain', []) -%}
    {%- for name in grain if name not in node.columns -%}
      {{ metric_dictionary_error(node.name, name, 'config.meta.grain names it, but the mart has no such column') }}
    {%- endfor -%}
    {%- if 'minor_count' in node.columns and not grain -%}
      {{ metric_dictionary_error(node.name, 'minor_count', 'a mart with it is an aggregate: config.meta.grain has to '
          ~ 'name its dimensions, which stay when the publication blanks a small cell') }}
    {%- endif -%}
    {%- set key_columns = primary_key(node, tested_unique.get(node.unique_id, [])) -%}
    {%- for name, column in node.columns.items() -%}
      {%- set definition = (column.description or '') | replace('\n', ' ') | trim -%}
      {%- set meta = column.meta or column.config.meta or {} -%}
      {%- if not definition -%}
        {{ metric_dictionary_error(node.name, name, 'the column has no description') }}
      {%- endif -%}
      {%- set kind = metric_kind(name, column.data_type, meta) -%}
      {%- if not kind -%}
        {{ metric_dictionary_error(node.name, name, 'its kind can be told neither by a suffix (_at, _date, _seconds, '
            ~ '_count, _rate, _no, is_, has_, _key, _id) nor by config.meta.kind, one of '
            ~ kinds.keys() | join(', ')) }}
      {%- endif -%}
      {%- set usual = kinds[kind] -%}
      {%- do rows.append({
          'mart': node.name,
          'column_name': name,
          'column_no': loop.index,
          'kind': kind,
          'is_metric': meta.get('is_metric', usual.is_metric),
          'unit': meta.get('unit', usual.unit),
          'data_type': column.data_type,
          'definition': definition,
          'rule': modules.re.findall('A[0-9]+|SEMANTICS [0-9]', definition) | unique | join(', ') or none,
          'aggregation': metric_aggregation(node, kind, meta.get('aggregation')),
          'variants': meta.get('variants'),
          'is_grain': name in grain,
          'is_primary_key': name in key_columns,
      }) -%}
    {%- endfor -%}
    {%- if 'minor_count' in node.columns -%}
      {%- do rows.append(suppression_flag(node)) -%}
    {%- endif -%}
  {%- endfor -%}
  {{ return(rows) }}
{% endmacro %}

{#- The column that the publication adds to aggregates (orchestration/suppression.py). -#}
{% macro suppression_flag(node) %}
  {{ return({
    'mart': node.name, 'column_name': 'is_suppressed', 'column_no': node.columns | length + 1, 'kind': 'flag',
    'is_metric': false, 'unit': 'true or false', 'data_type': 'boolean', 'rule': none, 'aggregation': 'filter',
    'variants': none, 'is_grain': false, 'is_primary_key': false,
    'definition': 'True where the row counts cases of minors, but fewer than minors_minimum_cell of site.yml: all '
        ~ 'columns that are not of its grain are null then. Only in the published file.',
  }) }}
{% endmacro %}

{% macro metric_dictionary_error(mart, column, problem) %}
  {{ exceptions.raise_compiler_error("metric dictionary: mart " ~ mart ~ ", column " ~ column ~ ": " ~ problem) }}
{% endmacro %}
