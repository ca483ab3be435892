"""One violation per check of the marts of drivers, voice and themes.

Belongs here: SQL statements, as in `planted`. Does not belong here: running checks.
"""

from __future__ import annotations

FEEDBACK: dict[str, dict[str, str]] = {
    "agg_contact_drivers_weekly": {
        "each_level_holds_all_contacts": "update {table} set contact_count = contact_count + 1 {first}",
        "scores_and_probabilities_agree": "update {table} set spike_p_value = null {first}",
        "incomplete_weeks_are_not_scored": "update {table} set is_complete_week = false {first}",
        "spikes_are_rare": "update {table} set spike_p_value = 0.001, spike_score = 3.1 "
        "where expected_count is not null and hash(driver_key) % 3 = 0",
    },
    "fct_contact_drivers_weekly": {
        "every_contact_is_in_one_row": "update {table} set contact_count = contact_count + 1 {first}",
        "parts_fit_into_the_whole": "update {table} set survey_responded_count = survey_sent_count + 1",
    },
    "fct_feedback_texts": {
        "scores_are_on_their_scales": "update {table} set sentiment_score = 2 {first}",
        "a_theme_comes_with_its_similarity": "update {table} set theme_similarity = null",
    },
    "fct_voice_items": {
        "reply_times_go_with_replies": "update {table} set is_edited_after_reply = true where has_reply",
        "drivers_come_from_a_rule": "update {table} set driver_rule_id = null where contact_reason is null",
        "sentiment_goes_with_the_stars": "update {table} set sentiment_score = hash(item_id) % 5 / 2 - 1",
    },
    "agg_voice_drivers_weekly": {
        "every_item_is_in_one_row": "update {table} set item_count = item_count + 1, "
        "all_item_count = all_item_count + 1 {first}",
        "parts_fit_into_the_whole": "update {table} set mean_rating = null",
    },
    "fct_themes_weekly": {
        "texts_of_themes_are_counted_once": "update {table} set text_count = text_count + 1",
        "parts_fit_into_the_whole": "update {table} set dissatisfied_count = judged_count + 1",
    },
}
