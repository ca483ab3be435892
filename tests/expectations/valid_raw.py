"""A small raw schema in which every claim of the suites holds.

Belongs here: rows, made with sets in SQL, of the shape the contract gives raw tables. Tests copy the file
and break one thing. Does not belong here: what the suites say.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from ingestion.connectors import all_entities
from ingestion.contracts import REFERENCES

AS_OF = "2026-07-01 00:00:00"

# A ticket an hour over ten weeks: enough history for the drift check to speak.
_ROWS = {
    "tickets": """
        select format('T{:05d}', i) as ticket_id,
            timestamp '2026-04-22 06:00:00' + interval 1 hour * i as created_at,
            created_at + interval 3 hour as updated_at, 'email' as channel,
            'verification' as line_of_business,
            sha256('creator') as requester_id, 'requester' as submitter_role, true as is_public,
            'DE' as market, 'pt-BR' as language,
            case when i % 2 = 0 then 'solved' else 'waiting' end as status, 'normal' as priority,
            'G1' as group_id,
            'A1' as assignee_id, 'S1' as schedule_id, i % 10 = 0 as is_minor,
            case when i = 11 then 'T00001' end as merged_into,
            case when i = 13 then 'T00001' end as follow_up_of,
            case when i % 10 <> 0 then 'My payout' end as subject
        from range(1680) as t(i)
    """,
    "ticket_events": """
        select format('E{:05d}', i) as event_id, format('T{:05d}', i) as ticket_id,
            timestamp '2026-04-22 06:00:00' + interval 1 hour * i + interval 10 minute as occurred_at,
            0 as sequence_no, occurred_at as recorded_at,
            case i % 4 when 0 then 'message' when 3 then 'delete' else 'field_change' end as event_type,
            case i % 4 when 1 then 'status' when 2 then 'assignee_id' end as field,
            case i % 4 when 1 then 'waiting' when 2 then 'A1' end as new_value,
            'A1' as actor_id, 'agent' as actor_role, case when i % 4 = 3 then 'hard' end as reference,
            case when i % 4 = 0 and i % 10 <> 0 then 'We looked at it.' end as body
        from range(1680) as t(i)
    """,
    "status_map": "select 'waiting' as status, 'pending' as category",
    "csat_responses": """
        select format('C{:05d}', i) as survey_id, format('T{:05d}', i) as ticket_id,
            timestamp '2026-04-22 06:00:00' + interval 1 hour * i + interval 4 hour as sent_at,
            sent_at as recorded_at, sent_at as responded_at, 4 as score, 1 as scale_min, 5 as scale_max,
            case when i % 10 <> 0 then 'Fine' end as comment
        from range(1676) as t(i)
    """,
    "decisions": """
        select format('D{}', i) as decision_id, timestamp '2026-06-01' as decided_at,
            timestamp '2026-06-02' as notified_at, sha256('creator') as creator_id,
            'visibility' as restriction, 'terms' as ground,
            'not' as automated_decision, i = 0 as is_minor, timestamp '2026-06-03' as updated_at
        from range(20) as t(i)
    """,
    "appeals": """
        select format('P{}', i) as appeal_id, format('D{}', i) as decision_id, 'decision' as about,
            'internal' as body, 1 as round, timestamp '2026-06-04' as submitted_at,
            timestamp '2026-06-05' as decided_at, timestamp '2026-06-05' as notified_at, 'upheld' as outcome,
            case when i > 0 then 'It was satire.' end as reason, timestamp '2026-06-06' as updated_at
        from range(20) as t(i)
    """,
    "suspensions": """
        select 'U1' as suspension_id, sha256('creator') as creator_id,
        timestamp '2026-06-04' as suspended_at, 'illegal_content' as ground,
            timestamp '2026-06-04' as updated_at
    """,
    "appeal_decisions": "select 'P1' as appeal_id, 'D1' as decision_id",
    "quality_reviews": """
        select 'R1' as review_id, 'ticket' as subject_type, 'T00001' as subject_id, 'A1' as agent_id,
            'A2' as reviewer_id, timestamp '2026-06-04' as reviewed_at, 'B1' as rubric_id,
            1 as rubric_version,
            'random' as purpose, 1 as sampling_weight, timestamp '2026-06-04' as updated_at
    """,
    "quality_ratings": "select 'R1' as review_id, 'tone' as category_id, 3 as rating",
    "rubrics": """
        select 'B1' as rubric_id, 1 as version, 'tone' as category_id, 1 as weight, 1 as scale_min,
        5 as scale_max
    """,
    "voice_items": """
        select format('V{}', i) as item_id, 'app_store' as platform,
            timestamp '2026-06-01' + interval 1 day * i as posted_at, 3 as rating, posted_at as updated_at
        from range(30) as t(i)
    """,
    "feedback_actions": """
        select 'F1' as action_id, 'K1' as insight_key, timestamp '2026-06-04' as occurred_at,
        'raised' as status,
            'product' as owner_team
    """,
    "lines_of_business": "select 'verification' as line_of_business, 'Verification' as name",
    "agents": """
        select 'A1' as agent_id, 'T1' as tier, 'agent' as role, timestamp '2026-01-01' as valid_from,
            timestamp '2026-05-01' as valid_to
        union all
        select 'A1', 'T2', 'agent', timestamp '2026-05-01', null
    """,
    "agent_shifts": """
        select 'A1' as agent_id, timestamp '2026-06-04 08:00:00' as starts_at,
            timestamp '2026-06-04 16:00:00' as ends_at
    """,
    "groups": "select 'G1' as group_id, 'Verification' as name, 'T1' as tier",
    "schedules": """
        select 'S1' as schedule_id, 'Europe/Berlin' as timezone, weekday, '09:00' as opens_at,
            '17:00' as closes_at, true as is_default
        from range(1, 6) as t(weekday)
    """,
    "holidays": """
        select 'S1' as schedule_id, 'Whit Monday' as name, date '2026-05-25' as starts_on,
            date '2026-05-25' as ends_on
    """,
    "sla_policies": "select 'L1' as policy_id, 'All' as name, 1 as position union all select 'L2', 'Rest', 2",
    "sla_targets": """
        select policy_id, 'first_reply' as metric, 'normal' as priority, 60 as target_minutes,
        'business' as hours
        from (values ('L1'), ('L2')) as t(policy_id)
    """,
    "active_creators": "select 'DE' as market, date '2026-06-01' as week_start, 1000 as creators",
    "incidents": """
        select format('INC{:05d}', i) as number, 'waiting' as incident_state, 0 as sys_mod_count,
            timestamp '2026-04-22 06:00:00' + interval 1 hour * i as opened_at,
            sha256('creator') as caller_id,
            opened_at + interval 5 minute as sys_updated_at
        from range(1680) as t(i)
    """,
    "contacts": """
        select format('K{:05d}', i) as contact_id,
            timestamp '2026-04-22 06:00:00' + interval 1 hour * i as reported_at,
            reported_at + interval 5 minute as responded_at, reported_at + interval 1 day as survey_day,
            4 as score
        from range(100) as t(i)
    """,
    "events": """
        select 'F' || i as case_id, activity, timestamp '2026-05-01' + interval 1 day * day as occurred_at,
            0 as payment_amount, sha256('offender') as register_id
        from range(20) as t(i)
        cross join (values
            ('Create Fine', 0), ('Payment', 1), ('Insert Date Appeal to Prefecture', 2),
            ('Receive Result Appeal from Prefecture', 3)
        ) as steps(activity, day)
    """,
    "response_frameworks": "select 'M1' as macro_id, 'Payout delayed' as name",
    "reviews": """
        select format('R{:03d}', i) as review_id, timestamp '2026-06-01' + interval 1 hour * i as posted_at,
            5 as rating, 'Nice' as text, posted_at + interval 2 hour as replied_at
        from range(40) as t(i)
    """,
    "app_reviews": """
        select timestamp '2026-06-01' + interval 1 hour * i as posted_at, format('Title {}', i) as title,
            5 as rating, 'Nice' as text, posted_at + interval 2 hour as replied_at
        from range(40) as t(i)
    """,
    "list_items": """
        select timestamp '2026-06-01' + interval 1 hour * i as posted_at, 5 as rating, 'Nice' as text,
            'google_play' as platform
        from range(40) as t(i)
    """,
}

_REPORT = """
    create table raw.load_report (
        load_no bigint, loaded_at timestamp, source_id varchar, entity varchar, file varchar,
        read bigint, loaded bigint, quarantined bigint, duplicates bigint
    );
    create table raw.source_references (source_id varchar, reference varchar, refers_to_source_id varchar);
"""


def build_raw(file: Path, *, with_rows: bool = True) -> None:
    """Write a warehouse with the raw schema, filled so that every check passes, or with empty tables."""
    with duckdb.connect(str(file), config={"threads": 1}) as connection:
        connection.execute(f"create schema raw; {_REPORT}")
        for entity in all_entities():
            columns = ", ".join(f'"{name}" {kind}' for name, kind in entity.raw_columns.items())
            connection.execute(f"create table raw.{entity.table} ({columns})")
            if with_rows:
                connection.execute(
                    f"insert into raw.{entity.table} by name "
                    f"select *, 'desk' as source_id, 1 as load_no from ({_ROWS[entity.name]})"
                )
                connection.execute(
                    "insert into raw.load_report select 1, timestamp '2026-07-01', 'desk', ?, ?, n, n, 0, 0 "
                    f"from (select count(*) as n from raw.{entity.table})",
                    [entity.name, f"{entity.name}.csv"],
                )
        if with_rows:
            connection.execute(
                "insert into raw.source_references select 'desk', unnest(?), 'desk'", [list(REFERENCES)]
            )
