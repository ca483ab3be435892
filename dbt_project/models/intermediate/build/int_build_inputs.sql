-- What this build rests on besides the tickets themselves, as numbers and hashes: compared with what the marts
-- were last built on, they tell whether single tickets or everything has to be computed (int_build_scope).
{%- set references = [
    'stg_canonical__status_map', 'stg_canonical__schedules', 'stg_canonical__holidays', 'stg_canonical__sla_policies',
    'stg_canonical__sla_targets', 'stg_site__source_references', 'stg_site__timezone_offsets'] %}
with reference_rows as (
    {%- for reference in references %}
    select '{{ reference }}' as reference, {{ row_text(ref(reference), except=['load_no']) }} as row_text from {{ ref(reference) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

hashed as (
    select md5(reference || '|' || row_text) as row_hash from reference_rows
),

roster as (
    select md5({{ row_text(ref('int_roster')) }}) as row_hash from {{ ref('int_roster') }}
)

select
    (select coalesce(max(load_no), 0) from {{ source('site', 'load_report') }}) as load_no,
    cast({{ as_of_us() }} as bigint) as as_of_us,
    (select md5(coalesce({{ joined('row_hash', '', ['row_hash']) }}, '')) from hashed) as reference_hash,
    (select md5(coalesce({{ joined('row_hash', '', ['row_hash']) }}, '')) from roster) as roster_hash,
    '{{ models_hash() }}' as models_hash,
    '{{ var('macros_hash', '') }}' as macros_hash
