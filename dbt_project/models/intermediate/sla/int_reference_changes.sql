{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    full_refresh=false,
    schema='records',
) }}
-- When what a source's reference tables say to SLAs changed, told from build to build: a row taken away leaves nothing in
-- its table. The first build that looks takes the loads of the rows there are.
-- depends_on: {{ ref('stg_site__load_report') }}
{%- set references = {
    'policies': [('stg_canonical__sla_policies', 'policy_id'), ('stg_canonical__sla_targets', 'policy_id')],
    'schedules': [('stg_canonical__schedules', 'schedule_id'), ('stg_canonical__holidays', 'schedule_id')],
    'roster': [('stg_canonical__agents', 'agent_id'), ('stg_canonical__groups', 'group_id')],
    'status_map': [('stg_canonical__status_map', 'status')],
} %}
{%- set roster_rows = row_text(ref('int_roster')) %}
with loaded as (
    {%- for reference, tables in references.items() %}
    {%- set is_last = loop.last %}
    {%- for table, column in tables %}
    select '{{ reference }}' as reference, consumer_id as source_id, load_no,
        {{ 'cast(null as ' ~ dbt.type_string() ~ ')' if reference == 'roster' else row_text(ref(table), except=['load_no']) }} as row_text
    from ({{ as_seen_by_sources(table, column) }}) as {{ table }}
    {{ 'union all' if not (is_last and loop.last) }}
    {%- endfor %}
    {%- endfor %}
),

-- names on the roster are nothing to an SLA
stated as (
    select reference, source_id, md5(row_text) as row_hash from loaded where reference <> 'roster'
    union all
    select 'roster', source_id, md5({{ roster_rows }}) from {{ ref('int_roster') }}
),

sources as (
    select distinct source_id from {{ ref('stg_site__source_references') }}
),

names as (
    {%- for reference in references %}
    select '{{ reference }}' as reference {{ 'union all' if not loop.last }}
    {%- endfor %}
),

stated_hashes as (
    select reference, source_id, md5({{ joined('row_hash', '', ['row_hash']) }}) as rows_hash from stated group by 1, 2
),

loads as (
    select reference, source_id, max(load_no) as load_no from loaded group by 1, 2
),

present as (
    select
        names.reference,
        sources.source_id,
        coalesce(stated_hashes.rows_hash, '') as rows_hash,
        coalesce(loads.load_no, 0) as load_no
    from names
    cross join sources
    left join stated_hashes
        on names.reference = stated_hashes.reference and sources.source_id = stated_hashes.source_id
    left join loads
        on names.reference = loads.reference and sources.source_id = loads.source_id
)
{%- if is_incremental() %},

numbered as (
    select
        *,
        row_number() over (partition by reference, source_id order by change_no desc) as place
    from {{ this }}
)

select
    present.reference,
    present.source_id,
    cast(coalesce(numbered.change_no, 0) + 1 as int) as change_no,
    present.rows_hash,
    cast(case
        when numbered.change_no is null then present.load_no
        else (select max(load_no) from {{ ref('stg_site__load_report') }})
    end as bigint) as load_no
from present
left join numbered
    on present.reference = numbered.reference and present.source_id = numbered.source_id and numbered.place = 1
where numbered.rows_hash is distinct from present.rows_hash
{%- else %}

select
    reference,
    source_id,
    cast(1 as int) as change_no,
    rows_hash,
    cast(load_no as bigint) as load_no
from present
{%- endif %}
