{{ config(materialized='view') }}

with items as (
    select * from {{ ref('stg_canonical__voice_items') }}
    union all
    select * from {{ ref('stg_google_play_reviews__voice_items') }}
    union all
    select * from {{ ref('stg_app_store_reviews__voice_items') }}
    union all
    select * from {{ ref('stg_review_list__voice_items') }}
)

select * from items where {{ micros('posted_at') }} <= {{ as_of_us() }}
