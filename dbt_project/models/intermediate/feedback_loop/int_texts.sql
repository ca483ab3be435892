-- What creators wrote, redacted at loading; minors' texts were never loaded, and are left out here once more.
{%- set drivers = driver_dimensions() | reject('equalto', 'language') | list %}
with voice as (
    select
        {{ voice_item_key() }} as text_key,
        source_id,
        'voice' as text_kind,
        market,
        {{ voice_channel() }} as channel,
        language,
        {{ micros('posted_at') }} as at_us,
        {{ voice_rating() }} as rating_normalised,
        concat_ws(' ', title, text) as text
    from {{ ref('int_voice_items__unioned') }}
),

voice_with_drivers as (
    select
        voice.text_key,
        voice.source_id,
        voice.text_kind,
        voice_drivers.line_of_business,
        voice_drivers.contact_reason,
        voice.market,
        voice.channel,
        voice.language,
        voice.at_us,
        voice.rating_normalised,
        voice.text
    from voice
    left join {{ ref('int_voice_drivers') }} as voice_drivers on voice.text_key = voice_drivers.voice_item_key
),

comments as (
    select
        survey_key as text_key,
        source_id,
        'csat_comment' as text_kind,
        {{ drivers | join(',\n        ') }},
        language,
        {{ micros('coalesce(responded_at, sent_at)') }} as at_us,
        score_normalised as rating_normalised,
        comment as text
    from {{ ref('fct_csat_responses') }}
    where not is_minor and not is_excluded
),

subjects as (
    select
        ticket_key as text_key,
        source_id,
        'ticket_subject' as text_kind,
        {{ drivers | join(',\n        ') }},
        language,
        {{ micros('created_at') }} as at_us,
        cast(null as double) as rating_normalised,
        subject as text
    from {{ ref('fct_tickets') }}
    where not coalesce(is_minor, false) and not is_excluded
),

texts as (
    select * from voice_with_drivers
    union all
    select * from comments
    union all
    select * from subjects
)

select
    texts.text_key,
    texts.source_id,
    texts.text_kind,
    {%- for column in drivers %}
    texts.{{ column }},
    {%- endfor %}
    coalesce(texts.language, 'und') as language,
    texts.at_us,
    site_days.week_start_date,
    texts.rating_normalised,
    texts.text,
    md5(texts.text) as text_hash
from texts
{{ join_site_day('site_days', 'texts.at_us') }}
where trim(coalesce(texts.text, '')) <> ''
