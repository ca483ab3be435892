"""One violation per check of the quality marts: the smallest change that makes exactly this claim untrue.

Belongs here: SQL statements, by mart and check, as in `planted`. Does not belong here: running checks.
"""

from __future__ import annotations

_COUNTED = {
    "answers_are_part_of_the_sent": "update {table} set dissatisfied_count = responded_count + 1 {first}",
    "bounds_enclose_the_rates": "update {table} set response_lower_rate = 0.99, response_rate = 0.5 {first}",
    "every_survey_is_counted_once": "delete from {table} {first}",
}

QUALITY: dict[str, dict[str, str]] = {
    "fct_ticket_solves": {
        "solves_are_counted_in_their_tickets": "delete from {table} "
        "where solve_no = 1 and reopened_at is null",
        "reopens_come_after_their_solve": "update {table} "
        "set reopened_at = solved_at - interval 1 second {first}",
    },
    "fct_csat_responses": {
        "verdicts_follow_the_score": "update {table} set is_satisfied = not is_satisfied",
        "surveys_follow_their_solve": "update {table} set sent_at = solved_at - interval 1 second {first}",
        "reratings_have_a_direction": "update {table} set rerating_direction = null",
        "minors_have_no_text": "update {table} set comment = 'Help' where is_minor",
        "unusable_scores_are_rare": "update {table} set has_unusable_score = true",
    },
    "agg_csat_weekly": _COUNTED,
    "agg_csat_response_weekly": _COUNTED,
    "agg_csat_groups_monthly": _COUNTED,
    "fct_csat_reported": {
        "differences_have_a_reason": "update {table} set difference_reason = null where is_different",
        "late_answers_explain_more_than_corrections": "update {table} "
        "set difference_reason = 'surveys_moved' where is_different",
    },
    "fct_quality_reviews": {
        "an_auto_fail_is_zero": "update {table} set score = 0.5 where is_auto_failed",
        "missing_scores_have_a_reason": "update {table} set score_null_reason = 'no_ratings'",
        "calibration_and_self_reviews_are_out_of_iqs": "update {table} set is_in_iqs = true "
        "where purpose = 'self'",
        "rubrics_fit_their_reviews": "update {table} set unusable_count = 1 {first}",
    },
    "agg_quality_weekly": {
        "bounds_enclose_the_score": "update {table} set iqs_lower_rate = 0.999, iqs_rate = 0.5 {first}",
        "every_review_is_counted_once": "update {table} set self_count = self_count + 1 {first}",
    },
    "fct_reviewer_agreement": {
        "coefficients_are_at_most_one": "update {table} set cohen_kappa = -2 where agreement_of = 'pair'",
        "missing_coefficients_have_a_reason": "update {table} set null_reason = null",
        "graders_agree_better_than_by_chance": "update {table} set krippendorff_alpha = -0.1 "
        "where agreement_of = 'category'",
    },
    "agg_grader_drift_monthly": {
        "bounds_enclose_the_bias": "update {table} set is_lenient = true {first}",
    },
}
