-- What the marts are built on, written only after every mart of this build stands and its tests passed.
-- depends_on: {{ ref('fct_tickets') }}
-- depends_on: {{ ref('fct_ticket_segments') }}
-- depends_on: {{ ref('fct_replies') }}
-- depends_on: {{ ref('fct_ticket_solves') }}
-- depends_on: {{ ref('fct_ticket_sla') }}
-- depends_on: {{ ref('fct_sla_reported') }}
-- depends_on: {{ ref('fct_backlog_daily') }}
-- depends_on: {{ ref('agg_sla_daily') }}
select
    load_no,
    as_of_us,
    build_id,
    reference_hash,
    models_hash,
    macros_hash
from {{ ref('int_build_scope') }}
