"""Marts of drivers, voice and themes that are right by construction, beside those of `valid_marts`.

Belongs here: rows as SQL, made of the tickets that are there. Does not belong here: what the suites say.
"""

from __future__ import annotations

FEEDBACK_MARTS = """
    create table marts.agg_contact_drivers_weekly as
    select source_id, driver_level, driver_level || source_id || n as driver_key,
        date '2026-01-05' + cast(7 * n as integer) as week_start_date, n < 250 as is_complete_week,
        case when n = 0 then tickets else 0 end as contact_count,
        case when is_complete_week then 4.5 end as expected_count,
        case when is_complete_week then 1.5 end as dispersion,
        case when is_complete_week then 0.2 end as spike_score,
        case when is_complete_week then 0.4 end as spike_p_value
    from (select source_id, count(*) as tickets from marts.fct_tickets where not is_excluded group by all)
    cross join (values ('reason'), ('reason_market')) as levels(driver_level)
    cross join range(251) as weeks(n);

    create table marts.fct_contact_drivers_weekly as
    select source_id, date '2026-01-05' as week_start_date, line_of_business, contact_reason, market,
        language, channel, count(*) as contact_count, 1 as reopened_count, 2 as reopen_count,
        1 as survey_sent_count, 1 as survey_responded_count, 1 as satisfied_count, 0 as dissatisfied_count,
        3 as appeal_count, 2 as appeal_decided_count, 1 as appeal_overturned_count
    from marts.fct_tickets where not is_excluded group by all;

    create table marts.fct_voice_items as
    select 'shop' as source_id, 'i' || n as item_id, 'id' as language,
        timestamptz '2026-03-02 10:00:00+00' as posted_at, n % 2 = 0 as has_reply,
        case when n % 2 = 0 then posted_at + interval 1 hour end as replied_at,
        case when n % 2 = 0 then 3600.0 end as reply_seconds_calendar, false as is_edited_after_reply,
        posted_at + interval 7 day as reply_due_at,
        case when n % 2 = 0 then 'met' else 'breached' end as reply_status,
        n % 5 / 4 as rating_normalised, rating_normalised * 2 - 1 as sentiment_score,
        case when n % 5 = 0 then 'account_safety' end as line_of_business,
        case when n % 10 = 0 then 'account_banned' end as contact_reason,
        case when n % 5 = 0 then 'id_akun_diblokir' end as driver_rule_id
    from range(250) as items(n);

    create table marts.agg_voice_drivers_weekly as
    select source_id, date '2026-03-02' as week_start_date, line_of_business, contact_reason, 'ID' as market,
        language, 'google_play' as platform, count(*) as item_count, 250 as all_item_count,
        count(*) / 250 as item_rate, count(*) as rated_count,
        count(*) filter (where rating_normalised >= 0.75) as satisfied_count,
        count(*) filter (where rating_normalised <= 0.25) as dissatisfied_count,
        1 + 4 * avg(rating_normalised) as mean_rating
    from marts.fct_voice_items
    group by all;

    create table marts.fct_feedback_texts as
    select 'shop' as source_id, 't' || n as text_key, 'voice' as text_kind,
        case when n % 2 = 0 then n % 5 / 4 end as rating_normalised, n % 3 - 1e0 as sentiment_score,
        n % 3 = 2 as is_satisfied, n % 3 = 0 as is_dissatisfied,
        case when n % 3 = 0 then 'crash' end as theme_key,
        case when n % 3 = 0 then 0.4e0 end as theme_similarity
    from range(30) as texts(n);

    create table marts.fct_themes_weekly as
    select 'shop' as source_id, date '2026-03-02' as week_start_date, 'crash' as theme_key,
        'voice' as text_kind, 10 as text_count, 8 as judged_count, 6 as dissatisfied_count,
        30 as all_text_count, 9 as all_dissatisfied_count;
"""
