with themes as (
    select * from {{ ref('int_theme_records') }}
),

-- quotes, of people who are not satisfied if there are any: the shortest texts would say no more than the label
quotable as (
    select
        themes.theme_key,
        themes.text_hash,
        min(texts.text) as quote,
        max(themes.theme_similarity) as theme_similarity,
        min(coalesce(texts.rating_normalised, 0)) as rating_normalised
    from {{ ref('int_text_themes') }} as themes
    inner join {{ ref('int_texts') }} as texts
        on themes.language = texts.language and themes.text_hash = texts.text_hash
    where themes.theme_key is not null and length(texts.text) between 25 and 300 and texts.text_kind <> 'ticket_subject'
    group by 1, 2
),

ranked as (
    select
        *,
        row_number() over (
            partition by theme_key
            order by case when rating_normalised <= 0.5 then 0 else 1 end, theme_similarity desc, text_hash
        ) as quote_no
    from quotable
),

quotes as (
    select
        theme_key,
        max(case when quote_no = 1 then quote end) as first_quote,
        max(case when quote_no = 2 then quote end) as second_quote,
        max(case when quote_no = 3 then quote end) as third_quote
    from ranked
    where quote_no <= 3
    group by 1
),

spans as (
    select
        theme_key,
        min(at_us) as first_us,
        max(at_us) as last_us,
        count(*) as text_count
    from {{ ref('int_text_themes') }} as themes
    inner join {{ ref('int_texts') }} as texts
        on themes.language = texts.language and themes.text_hash = texts.text_hash
    where themes.theme_key is not null
    group by 1
)

select
    themes.theme_key,
    themes.language,
    themes.label,
    themes.terms,
    {{ instant('themes.found_us') }} as found_at,
    not themes.is_first_search as is_found_later,
    {{ instant('spans.first_us') }} as first_text_at,
    {{ instant('spans.last_us') }} as last_text_at,
    coalesce(spans.text_count, 0) as text_count,
    quotes.first_quote,
    quotes.second_quote,
    quotes.third_quote
from themes
left join spans on themes.theme_key = spans.theme_key
left join quotes on themes.theme_key = quotes.theme_key
