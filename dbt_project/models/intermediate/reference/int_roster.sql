{{ config(materialized='view') }}
-- What the roster says to tickets: tier and vendor of who may hold one. Names, languages and hours of work are none of it.
select
    'agent' as holder,
    source_id,
    agent_id as holder_id,
    tier,
    vendor,
    is_on_roster,
    valid_from_us,
    valid_to_us
from {{ ref('int_agent_versions') }}
union all
select 'group', source_id, group_id, tier, vendor, true, {{ beginning_us() }}, {{ end_us() }}
from {{ ref('int_groups') }}
