"""One violation per check of the marts of decisions and complaints: the smallest change that makes exactly
this claim untrue.

Belongs here: SQL statements, by mart and check, as in `planted`. Does not belong here: running checks.
"""

from __future__ import annotations

_AGGREGATED = {
    "parts_make_all_appeals": "update {table} set omitted_count = omitted_count + 1 {first}",
    "bounds_enclose_the_overturn_rate": "update {table} set overturn_least_rate = 0.99 {first}",
}

APPEALS: dict[str, dict[str, str]] = {
    "fct_appeals": {
        "flags_follow_the_outcome": "update {table} set is_reversed = true where outcome = 'upheld'",
        "no_decision_comes_before_its_submission": "update {table} set seconds_to_decision = -1 {first}",
        "breaches_have_their_instant": "update {table} set sla_breached_at = null",
        "minors_take_their_own_route": "update {table} set route = 'standard'",
        "inadmissible_appeals_are_few": "update {table} set is_admissible = false where source_id = 'two'",
    },
    "fct_decisions": {
        "minors_show_no_policy_or_surface": "update {table} set surface = 'profile' where is_minor",
        "verdicts_come_from_appeals": "update {table} set outcome = 'upheld' where not is_appealed",
        "disputes_are_parts_of_each_other": "update {table} set ods_implemented_count = 2 {first}",
    },
    "bridge_appeal_decisions": {
        "each_appeal_has_one_primary_decision": "update {table} set is_primary = true",
    },
    "agg_appeal_cohorts": {
        **_AGGREGATED,
        "every_decision_is_counted_once": "update {table} set decision_count = decision_count + 1 {first}",
    },
    "agg_appeal_groups": {
        **_AGGREGATED,
        "every_appeal_is_counted_once_by_each_dimension": "delete from {table} "
        "where source_id = 'two' and dimension = 'all'; "
        "insert into {table} select * replace ('other' as dimension_value) from {table} "
        "where source_id = 'one' and dimension = 'all'",
        "shares_decided_only_grow": "update {table} set decided_within_1d_rate = 0.6 {first}",
    },
    "agg_appeal_funnel_monthly": {
        "each_step_is_part_of_the_one_before": "update {table} "
        "set overturned_count = with_verdict_count + 1 {first}",
        "every_decision_is_counted_once": "delete from {table} {first}",
    },
}

EVENTS: dict[str, str] = {
    "case_id_is_filled": "update {table} set case_id = null where activity = 'Payment'",
    "activity_is_filled": "update {table} set activity = null where activity = 'Payment'",
    "occurred_at_is_filled": "update {table} set occurred_at = null where activity = 'Payment'",
    "each_case_begins_with_its_creation": "delete from {table} "
    "where case_id = 'F1' and activity = 'Create Fine'",
    "results_come_after_their_filing": "update {table} set occurred_at = timestamp '2026-05-02' "
    "where case_id = 'F1' and activity = 'Receive Result Appeal from Prefecture'",
    "results_have_a_filing": "delete from {table} where case_id = 'F1' "
    "and activity = 'Insert Date Appeal to Prefecture'",
    "activity_is_a_known_step": "update {table} set activity = 'Forgive' where activity = 'Payment'",
    "register_ids_are_pseudonyms": "update {table} set register_id = '4711' {first}",
}
