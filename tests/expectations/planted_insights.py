"""One violation per check of the insight marts: the smallest change that makes exactly this claim untrue.

Belongs here: SQL statements, by mart and check, as in `planted`. Does not belong here: running checks.
"""

from __future__ import annotations

INSIGHTS: dict[str, dict[str, str]] = {
    "fct_insights": {
        "intervals_hold_the_effect": "update {table} set effect_upper = 0.3 where insight_key = 'k1'",
        "what_is_raised_is_certain_and_large": "update {table} set q_value = 0.5 where insight_key = 'k1'",
        "a_reviewed_insight_has_left_raised": "update {table} set shipped_at = null where insight_key = 'k1'",
        "no_flood_of_insights": "insert into {table} by name select 'x' || n as insight_key, "
        "'s' as source_id, 'spike' as kind, date '2026-03-09' as detected_date, 0.5 as effect, "
        "0.2 as effect_lower, 0.9 as effect_upper, 0.001 as q_value, 'raised' as state "
        "from range(30) as many (n)",
    },
    "fct_insight_transitions": {
        "an_odd_step_says_what_is_odd": "update {table} set issue = 'not_allowed' where step_no = 3",
        "every_course_begins_with_the_detection": "update {table} set origin = 'action' "
        "where insight_key = 'k2'",
    },
    "fct_insight_effects": {
        "no_effect_without_enough_data": "update {table} set effect = 0.1 where metric = 'csat_rate'",
        "one_row_decides_a_shipment": "update {table} set is_decisive = true",
    },
    "fct_insight_evidence": {
        "events_are_some_of_the_cases": "update {table} set event_count = 31 where insight_key = 'k2'",
    },
    "agg_insight_backlog": {
        "states_make_the_insights": "update {table} set insight_count = 3",
    },
}
