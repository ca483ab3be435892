{{ config(materialized='view') }}

select * from {{ ref('stg_canonical__appeals') }}
union all
select * from {{ ref('stg_appeals_events__appeals') }}
