{{ config(materialized='view') }}

select * from {{ ref('stg_canonical__tickets') }}
union all
select * from {{ ref('stg_servicenow__tickets') }}
