with items as (
    select
        *,
        {{ voice_item_key() }} as voice_item_key,
        {{ voice_channel() }} as channel,
        {{ voice_rating() }} as rating_normalised,
        {{ micros('posted_at') }} as posted_us,
        case when {{ micros('replied_at') }} <= {{ as_of_us() }} then {{ micros('replied_at') }} end as replied_us,
        platform in ('app_store', 'google_play') and tells_replies as can_be_replied
    from {{ ref('int_voice_items__unioned') }}
),

-- a reply that is older than what it replies to: the item was edited after it, and when it was first posted
-- the platform no longer says
replies as (
    select
        *,
        coalesce(replied_us < posted_us, false) as is_edited_after_reply,
        case when replied_us >= posted_us then replied_us - posted_us end as reply_us,
        case when can_be_replied then posted_us + {{ var('voice_reply_target_hours') }} * cast(3600000000 as bigint) end as reply_due_us
    from items
),

texts as (
    select text_key, sentiment_score, theme_key from {{ ref('fct_feedback_texts') }} where text_kind = 'voice'
),

drivers as (
    select * from {{ ref('int_voice_drivers') }}
)

select
    replies.voice_item_key,
    replies.source_id,
    replies.item_id,
    replies.platform,
    drivers.line_of_business,
    drivers.contact_reason,
    drivers.driver_rule_id,
    replies.channel,
    replies.market,
    replies.language,
    {{ instant('replies.posted_us') }} as posted_at,
    site_days.site_date as posted_date,
    site_days.week_start_date,
    replies.rating,
    replies.rating_normalised,
    replies.rating_normalised >= 0.75 as is_satisfied,
    replies.rating_normalised <= 0.25 as is_dissatisfied,
    texts.sentiment_score,
    texts.theme_key,
    replies.title,
    replies.text,
    replies.app_version,
    cast(coalesce(replies.likes, 0) as bigint) as like_count,
    coalesce(replies.is_edited, false) or replies.is_edited_after_reply as is_edited,
    replies.is_edited_after_reply,
    case when replies.tells_replies then replies.replied_us is not null end as has_reply,
    {{ instant('replies.replied_us') }} as replied_at,
    {{ seconds('replies.reply_us') }} as reply_seconds_calendar,
    case when not replies.is_edited_after_reply then {{ instant('replies.reply_due_us') }} end as reply_due_at,
    case
        when not replies.can_be_replied or replies.is_edited_after_reply then null
        when replies.replied_us <= replies.reply_due_us then 'met'
        when replies.replied_us is not null or replies.reply_due_us < {{ as_of_us() }} then 'breached'
        else 'active'
    end as reply_status,
    {{ instant(micros('replies.updated_at')) }} as updated_at
from replies
{{ join_site_day('site_days', 'replies.posted_us') }}
left join texts on replies.voice_item_key = texts.text_key
left join drivers on replies.voice_item_key = drivers.voice_item_key
