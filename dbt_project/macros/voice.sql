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

{#- What separates words, besides white space. An apostrophe does not: can't and cant are one word. -#}
{% macro word_breaks() %}{{ return('.,;:!?¡¿"()[]{}<>/|*_+=~`#@&%^$-–—…“”„«»·•。、，！？😭😡😢😔🙏❤👍😊😍🤬') }}{% endmacro %}

{#- A text as lower-case words with one blank before, between and after them, so that a term is found as whole words.
    Runs of blanks become one by way of <>, which by then are in no text. -#}
{% macro as_words(text) -%}
    {%- set breaks = word_breaks() -%}
    {%- set lower_case -%}
        replace(replace(lower(coalesce({{ text }}, '')), '''', ''), '’', '')
    {%- endset -%}
    {%- set spaced -%}
        translate({{ lower_case }}, '{{ breaks }}' || chr(9) || chr(10) || chr(13) || chr(92), '{{ ' ' * (breaks | length + 4) }}')
    {%- endset -%}
    replace(replace(replace(' ' || {{ spaced }} || ' ', ' ', '<>'), '><', ''), '<>', ' ')
{%- endmacro %}

{#- Whether a text made by as_words holds a term with a blank before and after it. -#}
{% macro has_words(words, term) -%}
    {{ dbt.position(term, words) }} > 0
{%- endmacro %}
