{#- Reviews and posts: what several models say of them in the same way. -#}

{% macro voice_item_key() %}{{ surrogate_key(['source_id', 'item_id']) }}{% endmacro %}

{#- The channel of contact drivers a platform goes with. -#}
{% macro voice_channel() -%}
    case
            when platform in ('app_store', 'google_play') then 'app_store'
            when platform in ('x', 'reddit') then 'social'
            else 'other'
        end
{%- endmacro %}

{#- Stars from 0 (one) to 1 (five); null without a rating between 1 and 5. -#}
{% macro voice_rating() %}case when rating between 1 and 5 then (rating - 1) / 4 end{% endmacro %}

{#- Sentiment scores from which a text sounds satisfied, or, negative, dissatisfied. -#}
{% macro clear_sentiment() %}0.33{% endmacro %}
