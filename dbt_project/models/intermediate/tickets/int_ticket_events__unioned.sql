{{ config(materialized='view') }}

select * from {{ ref('stg_canonical__ticket_events') }}
union all
select * from {{ ref('stg_servicenow__ticket_events') }}
