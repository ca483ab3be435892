{{ config(materialized='view') }}

select * from {{ ref('stg_canonical__decisions') }}
union all
select * from {{ ref('stg_appeals_events__decisions') }}
