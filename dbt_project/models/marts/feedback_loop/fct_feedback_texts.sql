with texts as (
    select * from {{ ref('int_texts') }}
),

judged as (
    select
        texts.*,
        sentiments.sentiment_score,
        themes.theme_key,
        themes.theme_similarity
    from texts
    left join {{ ref('int_text_sentiments') }} as sentiments
        on texts.language = sentiments.language and texts.text_hash = sentiments.text_hash
    left join {{ ref('int_text_themes') }} as themes
        on texts.language = themes.language and texts.text_hash = themes.text_hash
)

select
    text_key,
    source_id,
    text_kind,
    line_of_business,
    contact_reason,
    market,
    language,
    channel,
    {{ instant('at_us') }} as written_at,
    week_start_date,
    rating_normalised,
    sentiment_score,
    coalesce(rating_normalised >= 0.75, sentiment_score >= {{ clear_sentiment() }}) as is_satisfied,
    coalesce(rating_normalised <= 0.25, sentiment_score <= -{{ clear_sentiment() }}) as is_dissatisfied,
    theme_key,
    theme_similarity
from judged
