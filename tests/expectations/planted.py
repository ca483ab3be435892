"""One violation per check: the smallest change that makes exactly this claim untrue.

Belongs here: SQL statements that break a valid raw or marts schema. Does not belong here: running checks.
A check without an entry is broken by what its name says (`broken_by_name`).
"""

from __future__ import annotations

import re

from tests.expectations.dsa import DSA
from tests.expectations.planted_appeals import APPEALS, EVENTS
from tests.expectations.planted_feedback import FEEDBACK
from tests.expectations.planted_insights import INSIGHTS
from tests.expectations.planted_quality import QUALITY
from tests.expectations.planted_team import TEAM

_FIRST = "where rowid = (select min(rowid) from {table})"

RAW: dict[str, dict[str, str]] = {
    "canonical__tickets": {
        "has_tickets": "delete from {table}; delete from raw.servicenow_audit__incidents; "
        "delete from raw.csat_survey_files__contacts; delete from raw.appeals_events__events",
        "creators_are_pseudonyms": "update {table} set requester_id = 'UC1234' {first}",
        "market_is_a_country_code": "update {table} set market = 'de' {first}",
        "language_is_a_language_tag": "update {table} set language = 'Deutsch!' {first}",
        "created_at_is_plausible": "update {table} set created_at = timestamp '1999-12-31' {first}",
        "assignee_id_is_known": "update {table} set assignee_id = 'A9' {first}",
        "group_id_is_known": "update {table} set group_id = 'G9' {first}",
        "schedule_id_is_known": "update {table} set schedule_id = 'S9' {first}",
        "merged_into_is_known": "update {table} set merged_into = 'T99999' {first}",
        "follow_up_of_is_known": "update {table} set follow_up_of = 'T99999' {first}",
        "status_is_mapped": "update {table} set status = 'odd' {first}",
        "minors_have_no_subject": "update {table} set subject = 'Help' where ticket_id = 'T00010'",
        "newest_row_is_recent": "delete from {table} where hour(created_at) <> 6 or created_at > "
        "'2026-06-20'",
        "daily_volume_is_usual": "delete from {table} where cast(created_at as date) = '2026-06-25'",
    },
    "canonical__ticket_events": {
        "creators_are_pseudonyms": "update {table} set actor_role = 'requester' {first}",
        "field_changes_name_their_field": "update {table} set field = null where event_id = 'E00001'",
        "tickets_with_events_are_known": "update {table} set ticket_id = 'T99999' where event_id = 'E00001'",
        "clock_skew_is_rare": "update {table} set occurred_at = occurred_at - interval 1 hour "
        "where event_id like 'E%5'",
        "status_is_mapped": "update {table} set new_value = 'odd' where event_id = 'E00001'",
        "assignees_are_known": "update {table} set new_value = 'A9' where event_id = 'E00002'",
        "minors_have_no_text": "update {table} set body = 'Help' where event_id = 'E00020'",
        "erased_tickets_have_no_text": "update {table} set body = 'Help' where event_id = 'E00003'",
        "newest_row_is_recent": "delete from {table} where hour(occurred_at) <> 6 or occurred_at > "
        "'2026-06-20'",
        "daily_volume_is_usual": "delete from {table} where cast(occurred_at as date) = '2026-06-25'",
    },
    "canonical__status_map": {"statuses_do_not_start_twice": "insert into {table} from {table}"},
    "canonical__csat_responses": {
        "scores_are_on_their_scale": "update {table} set score = 9 {first}",
        "scales_have_two_ends": "update {table} set scale_min = 4, scale_max = 4 {first}",
        "ticket_id_is_known": "update {table} set ticket_id = 'T99999' {first}",
        "minors_have_no_comment": "update {table} set comment = 'Help' where survey_id = 'C00010'",
        "newest_row_is_recent": "delete from {table} where hour(sent_at) <> 6 or sent_at > '2026-06-20'",
        "daily_volume_is_usual": "delete from {table} where cast(sent_at as date) = '2026-06-25'",
    },
    "canonical__decisions": {
        "creators_are_pseudonyms": "update {table} set creator_id = 'UC1234' {first}",
        "restorations_have_a_reason": "update {table} set restored_at = timestamp '2026-06-10' {first}",
    },
    "canonical__appeals": {
        "decided_appeals_have_an_outcome": "update {table} set outcome = null {first}",
        "decision_id_is_known": "update {table} set decision_id = 'D99' {first}",
        "minors_have_no_reason": "update {table} set reason = 'Help' where appeal_id = 'P0'",
    },
    "canonical__appeal_decisions": {
        "appeal_id_is_known": "update {table} set appeal_id = 'P99'",
        "decision_id_is_known": "update {table} set decision_id = 'D99'",
    },
    "canonical__quality_reviews": {
        "sampling_weights_are_positive": "update {table} set sampling_weight = 0",
        "agent_id_is_known": "update {table} set agent_id = 'A9'",
    },
    "canonical__quality_ratings": {"review_id_is_known": "update {table} set review_id = 'R9'"},
    "canonical__rubrics": {"scales_and_weights_are_usable": "update {table} set weight = -1"},
    "canonical__voice_items": {
        "ratings_are_one_to_five": "update {table} set rating = 9 {first}",
        "newest_row_is_recent": "delete from {table} where posted_at > '2026-06-10'",
    },
    "canonical__agents": {
        "versions_do_not_overlap": "update {table} set valid_to = timestamp '2026-06-01' {first}",
    },
    "canonical__agent_shifts": {"agent_id_is_known": "update {table} set agent_id = 'A9'"},
    "canonical__schedules": {
        "timezones_exist": "update {table} set timezone = 'Mars/Base' {first}",
        "windows_are_complete": "update {table} set weekday = 9 {first}",
        "times_read_hh_mm": "update {table} set opens_at = '9 am' {first}",
        "at_most_one_default": "insert into {table} select * replace ('S2' as schedule_id) from {table} "
        "limit 1",
    },
    "canonical__holidays": {"schedule_id_is_known": "update {table} set schedule_id = 'S9'"},
    "canonical__sla_policies": {
        "policies_have_targets": "insert into {table} select * replace ('L3' as policy_id, 3 as position) "
        "from {table} limit 1",
        "positions_are_not_shared": "update {table} set position = 1",
    },
    "canonical__sla_targets": {
        "targets_are_not_negative": "update {table} set target_minutes = -1 {first}",
        "policy_id_is_known": "update {table} set policy_id = 'L9' {first}",
    },
    "canonical__active_creators": {
        "creators_are_not_negative": "update {table} set creators = -1",
        "weeks_are_counted_once": "insert into {table} from {table}",
    },
    "canonical__suspensions": {"creators_are_pseudonyms": "update {table} set creator_id = 'UC1234'"},
    "servicenow_audit__incidents": {
        "creators_are_pseudonyms": "update {table} set caller_id = 'UC1234' {first}",
        "states_are_mapped": "update {table} set incident_state = 'odd' {first}",
        "states_are_words": "update {table} set incident_state = '-100' {first}; insert into "
        "raw.canonical__status_map select * replace ('-100' as status) from raw.canonical__status_map",
        "newest_row_is_recent": "delete from {table} "
        "where hour(sys_updated_at) <> 6 or sys_updated_at > '2026-06-20'",
        "daily_volume_is_usual": "delete from {table} where cast(sys_updated_at as date) = '2026-06-25'",
    },
    "google_play_reviews__reviews": {
        "review_is_unique": "insert into {table} select * from {table} {first}",
        "ratings_are_one_to_five": "update {table} set rating = 0 {first}",
        "replies_before_their_review_are_few": "update {table} "
        "set replied_at = posted_at - interval 1 day where review_id < 'R010'",
    },
    "app_store_reviews__app_reviews": {
        "review_is_unique": "insert into {table} select * from {table} {first}",
        "ratings_are_one_to_five": "update {table} set rating = 0 {first}",
        "replies_before_their_review_are_few": "update {table} "
        "set replied_at = posted_at - interval 1 day where posted_at < '2026-06-01 10:00:00'",
    },
    "review_list__list_items": {
        "review_is_unique": "insert into {table} select * from {table} {first}",
        "ratings_are_one_to_five": "update {table} set rating = 0 {first}",
    },
    "appeals_events__events": EVENTS,
    "csat_survey_files__contacts": {
        "scores_are_one_to_five": "update {table} set score = 9 {first}",
        "responses_before_the_report_are_few": "update {table} "
        "set responded_at = reported_at - interval 1 minute where contact_id < 'K00010'",
    },
    "load_report": {
        "every_row_is_accounted_for": "update {table} set read = read + 1 where entity = 'agents'",
        "loaded_rows_are_in_raw": "update {table} set read = read + 1, loaded = loaded + 1 "
        "where entity = 'tickets'",
        # A clean load after it: only the rate over all files speaks.
        "quarantine_rate_is_under_the_limit": "update {table} set read = read + 1, quarantined = 1 "
        "where entity = 'agents'; insert into {table} select * replace (2 as load_no, 0 as loaded, "
        "read as duplicates) from {table} where entity = 'groups'",
        "latest_load_is_clean": "insert into {table} select * replace (2 as load_no, 'late.csv' as file, "
        "10 as read, 0 as loaded, 5 as quarantined, 5 as duplicates) from {table} where entity = 'tickets'",
    },
    "canonical__groups": {
        "did_not_shrink": "insert into validation.row_counts values "
        "('r0', 'test', 'raw', '{table}', 'desk', 9, true, now())",
        "has_no_email_addresses": "update {table} set name = 'Ask jane.doe@example.org'",
        "unknown_columns_have_no_email_addresses": 'update {table} set extra = \'{"mail": "a@b.example"}\'',
        "source_id_is_filled": "update {table} set source_id = null",
    },
}

_SHRUNK = (
    "insert into validation.row_counts values ('r0', 'test', 'marts', '{table}', 'one', 99999, true, now())"
)

MARTS: dict[str, dict[str, str]] = {
    "fct_tickets": {
        "holders_share_the_life_of_a_ticket": "update {table} set t1_seconds_calendar = "
        "t1_seconds_calendar + 5 {first}",
        "waiting_times_add_up": "update {table} set agent_work_seconds_calendar = "
        "agent_work_seconds_calendar + 5 {first}",
        "queue_is_part_of_unassigned": "update {table} set unassigned_seconds_business = 0, "
        "unassigned_seconds_calendar = queue_seconds_calendar - 1 where queue_seconds_calendar > 1",
        "business_time_is_within_calendar_time": "update {table} set age_seconds_business = "
        "age_seconds_calendar + 5",
        "missing_business_time_has_a_reason": "update {table} set agent_work_seconds_business = null, "
        "business_null_reason = null {first}",
        "instants_are_in_order": "update {table} set first_assigned_at = created_at - interval 1 second "
        "{first}",
        "solves_and_reopens_alternate": "update {table} set reopen_count = reopen_count + 1 "
        "where not is_one_touch and not is_first_contact_resolution",
        "resolutions_match_the_status": "update {table} set closed_at = null where status_category = "
        "'closed'",
        "open_tickets_age_to_the_same_instant": "update {table} set created_at = created_at - interval 1 "
        "minute "
        "where ticket_id = (select min(ticket_id) from {table} where age_seconds_calendar is not null)",
        "flags_match_the_counts": "update {table} set is_unreplied = true where first_replied_at is not null",
        "exclusions_have_a_reason": "update {table} set is_excluded = true where exclusion_reason is null",
        "handoffs_cover_their_kinds": "update {table} set escalation_count = handoff_count + 1 {first}",
        "minors_have_no_subject": "update {table} set subject = 'Help' where is_minor",
        "creators_are_pseudonyms": "update {table} set requester_id = 'UC1234' {first}",
        "clock_skew_is_rare": "update {table} set has_clock_skew = true",
        "has_no_email_addresses": "update {table} set contact_reason = 'Ask jane.doe@example.org' {first}",
        "has_no_phone_numbers": "update {table} set contact_reason = 'Call +49 170 1234567, now' {first}",
        "counts_are_not_negative": "update {table} set internal_note_count = -1 {first}",
        "did_not_shrink": _SHRUNK,
    },
    "fct_ticket_segments": {
        "segments_follow_each_other": "update {table} set segment_no = 7 where segment_no = 2 and valid_to "
        "is null",
        "segments_cover_the_life": "update {table} set segment_no = 2 where segment_no = 1 and valid_to is "
        "null",
        "segments_have_their_length": "update {table} set seconds_calendar = seconds_calendar + 1 "
        "where valid_to is not null",
        "business_time_is_within_calendar_time": "update {table} set seconds_business = seconds_calendar + 1",
        "status_category_is_known": "update {table} set status_category = 'odd' {first}",
    },
    "fct_replies": {
        "replies_are_counted_in_their_tickets": "delete from {table} where not is_first_reply and reply_no = "
        "(select max(reply_no) from {table})",
        "first_replies_match_their_tickets": "update {table} set is_first_reply = false",
        "replies_are_numbered_in_order": "update {table} set reply_no = 99 where reply_no = 1",
        "reply_times_have_a_question": "update {table} set responds_to_at = null",
        "business_time_is_within_calendar_time": "update {table} set reply_seconds_business = "
        "reply_seconds_calendar + 1",
        "durations_are_not_negative": "update {table} set reply_seconds_business = -1 {first}",
    },
    "fct_ticket_sla": {
        "breached_means_over_target": "update {table} set target_seconds = elapsed_seconds + 1 where "
        "is_breached",
        "breaches_have_a_moment": "update {table} set breached_at = null where is_breached",
        "statuses_match_the_end": "update {table} set status = 'odd' where status = 'cancelled'",
        "met_rows_were_fulfilled": "update {table} set end_reason = 'merged' where status = 'met'",
        "one_version_of_an_instance_is_final": "update {table} set is_final = true where not is_final",
        "superseded_rows_have_ended": "update {table} set end_reason = 'merged' where not is_final",
        "instants_are_in_order": "update {table} set applied_at = activated_at - interval 1 second {first}",
        "elapsed_fits_into_the_calendar": "update {table} set elapsed_seconds = elapsed_seconds + 1e9 "
        "where is_breached and ended_at is not null",
        "due_times_are_for_running_rows": "update {table} set due_at = activated_at where status = 'met'",
        "metric_is_known": "update {table} set metric = 'odd' {first}",
        "hours_are_known": "update {table} set hours = 'odd' {first}",
    },
    "load_report": {"every_row_is_accounted_for": "update {table} set read = read + 1"},
    "agg_sla_daily": {
        "met_and_breached_make_the_instances": "update {table} set instance_count = instance_count + 1 "
        "{first}",
        "bounds_enclose_the_rate": "update {table} set elapsed_seconds_p50 = elapsed_seconds_p90 + 1 {first}",
        "every_final_row_is_counted_once": "update marts.fct_tickets set is_excluded = true "
        "where ticket_id = (select min(ticket_id) from marts.fct_ticket_sla where status = 'met' and "
        "is_final)",
        "minors_are_counted_among_the_instances": "update {table} set minor_count = minor_count + 1 {first}",
    },
    "fct_backlog_daily": {
        "days_add_up": "update {table} set inflow_count = inflow_count + 1 {first}",
        "days_follow_each_other": "update {table} set opening_count = opening_count + 1, "
        "outflow_count = outflow_count + 1 {first}",
        "the_last_day_closes_with_the_open_tickets": "update marts.fct_tickets set is_excluded = true "
        "where status_category = 'open'",
        "minors_are_counted_among_the_tickets": "update {table} set minor_count = opening_count + "
        "inflow_count + 1 {first}",
    },
    "fct_queue_status": {
        "the_queue_is_the_open_tickets": "delete from {table} {first}",
        "open_clocks_are_counted": "update {table} set paused_clock_count = paused_clock_count + 1 {first}",
        "the_next_breach_lies_ahead": "update {table} set due_at = null where due_at is not null",
        "risk_follows_from_the_clocks": "update {table} set risk_band = 'paused' where risk_band = "
        "'breached'",
    },
    "fct_sla_reported": {
        "differences_have_a_reason": "update {table} set difference_reason = null where is_different",
        "recorded_rows_had_ended": "update {table} "
        "set recorded_ended_at = recorded_as_of + interval 1 day {first}",
        "differences_are_explained": "update {table} set difference_reason = 'other' where is_different",
    },
    **QUALITY,
    **FEEDBACK,
    **APPEALS,
    **DSA,
    **TEAM,
    **INSIGHTS,
    "agg_example": {
        "rates_are_between_zero_and_one": "create table {table} as select 'one' as source_id, 1.5 as "
        "met_rate",
        "rows_are_as_the_grain_says": "create table {table} as select 'one' as source_id, lob, null as week "
        "from (values ('a'), ('b')) as lobs(lob); "
        "insert into marts.dim_metric values ('agg_example', 'source_id', 1, true), "
        "('agg_example', 'lob', 2, false), ('agg_example', 'week', 3, true)",
    },
}


def broken_by_name(check: str) -> str | None:
    """Return the statement for checks that say in their name what they claim, else None."""
    if found := re.fullmatch(r"(.+)_is_filled", check):
        return f"update {{table}} set {found[1]} = null {{first}}"
    if found := re.fullmatch(r"(.+)_is_a_known_code", check):
        return f"update {{table}} set {found[1]} = 'odd' {{first}}"
    if re.fullmatch(r".+_is_unique", check):
        return "insert into {table} select * from {table} limit 1"
    if found := re.fullmatch(r"(.+)_is_not_before_(.+)", check):
        later, earlier = found.groups()
        return (
            f"update {{table}} set {earlier} = coalesce({earlier}, timestamp '2026-01-02') {{first}}; "
            f"update {{table}} set {later} = {earlier} - interval 1 day {{first}}"
        )
    return None


def statement(table: str, check: str) -> str | None:
    """Return the SQL that breaks a check of a table (with schema), or None if nothing is planted for it."""
    schema, name = table.split(".")
    planted = (RAW if schema == "raw" else MARTS).get(name, {}).get(check) or broken_by_name(check)
    if planted is None:
        return None
    return planted.replace("{first}", _FIRST).replace("{table}", table)
