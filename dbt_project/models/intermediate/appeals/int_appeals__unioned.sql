{{ config(materialized='view') }}

select * from {{ ref('stg_canonical__appeals') }}
