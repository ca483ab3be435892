-- What the marts are built on, written last: after every mart of this build and int_build_roster stand.
-- depends_on: {{ ref('int_build_roster') }}
select
    load_no,
    as_of_us,
    build_id,
    reference_hash,
    roster_hash,
    models_hash,
    macros_hash
from {{ ref('int_build_scope') }}
