"""One violation per check of the team marts: the smallest change that makes exactly this claim untrue.

Belongs here: SQL statements, by mart and check, as in `planted`. Does not belong here: running checks.
"""

from __future__ import annotations

TEAM: dict[str, dict[str, str]] = {
    "agg_specialist_weekly": {
        "handling_is_inside_available_time": "update {table} "
        "set handling_seconds = available_seconds + 1 {first}",
        "ranks_belong_to_the_rankable": "update {table} set sla_rank_no = 1 where not is_sla_rankable",
        "flags_come_with_their_reason": "update {table} set coaching_reasons = null "
        "where coaching_flags is not null",
        "no_reply_is_credited_twice": "update {table} set reply_count = 1000000 {first}",
    },
    "agg_lob_scorecard_weekly": {
        "parts_are_not_above_their_whole": "update {table} set reopened_count = solved_count + 1 {first}",
        "bounds_enclose_the_rates": "update {table} set sla_attainment_rate = 0.5, "
        "sla_attainment_lower_rate = 0.9 {first}",
        "no_ticket_is_created_twice": "update {table} set created_count = 1000000 {first}",
        "each_insight_is_raised_once": "update {table} set insight_raised_count = 3 {first}",
        "overdue_insights_are_open": "update {table} set insight_overdue_count = 2 {first}",
    },
    "agg_vendor_weekly": {
        "only_closed_weeks_are_reported": "update {table} set reported_met_count = null where is_closed",
        "bounds_enclose_the_rates": "update {table} set sla_attainment_rate = 0.5, "
        "sla_attainment_lower_rate = 0.9 {first}",
        "only_tier_one_is_compared": "update {table} set sla_gap_to_tier_two = 0.1 where tier = 'T2'",
    },
    "agg_language_parity_weekly": {
        "gaps_lie_between_their_bounds": "update {table} set sla_attainment_gap_lower = 0.99 "
        "where not is_reference",
        "the_reference_is_one_language_without_gaps": "update {table} set csat_gap = 0 where is_reference",
    },
    "agg_lob_reasons_weekly": {
        "parts_are_not_above_their_whole": "update {table} set satisfied_count = answered_count + 1 {first}",
        "no_contact_is_counted_twice": "update {table} set contact_count = 1000000 {first}",
    },
    "fct_response_framework_use": {
        "uses_in_replies_match_the_replies": "update {table} set reply_no = 1000000 where is_reply",
        "outcomes_follow_a_solve": "update {table} set solved_after_at = used_at - interval 1 second "
        "where solved_after_at is not null",
        "missing_edit_rates_have_a_reason": "update {table} set edit_rate_null_reason = null",
    },
}
