"""The contract of reference tables: rosters, groups, schedules, holidays, policies, maps, rubrics.

Belongs here: tables that a source delivers whole and that are replaced whole, as data.
Does not belong here: what happens (`activity`), and any reading, checking or loading.
"""

from __future__ import annotations

from ingestion.contracts.model import Column, Entity, Order, Rule

CATEGORIES = ("new", "open", "pending", "on_hold", "solved", "closed")

_TEN_YEARS = 5_256_000  # minutes
_VALIDITY = (Column("valid_from", "ts"), Column("valid_to", "ts"))
_IN_ORDER = (Order("valid_to", "valid_from"),)


def _reference(
    name: str,
    description: str,
    *columns: Column,
    orders: tuple[Order, ...] | None = None,
    rules: tuple[Rule, ...] = (),
) -> Entity:
    versioned = any(column.name == "valid_to" for column in columns)
    return Entity(
        name=name,
        kind="reference",
        description=description,
        columns=columns,
        orders=orders if orders is not None else (_IN_ORDER if versioned else ()),
        rules=rules,
    )


REFERENCE = (
    _reference(
        "status_map",
        "Which category a status of the source belongs to; the six categories map to themselves without it.",
        Column("status", "text", required=True),
        Column("category", "code", required=True, codes=CATEGORIES),
        *_VALIDITY,
    ),
    _reference(
        "rubrics",
        "Categories of a quality rubric, by version.",
        Column("rubric_id", "id", required=True),
        Column("version", "int", required=True),
        Column("category_id", "id", required=True),
        Column("category_name", "text"),
        Column("weight", "num", required=True),
        Column("scale_min", "num", required=True),
        Column("scale_max", "num", required=True),
        Column("is_critical", "bool"),
        *_VALIDITY,
    ),
    _reference(
        "lines_of_business",
        "Lines of business and who owns them.",
        Column("line_of_business", "id", required=True),
        Column("name", "text"),
        Column("owner_id", "id"),
        Column("owner_team", "text"),
    ),
    _reference(
        "agents",
        "The roster: one row per agent and period in which nothing about the agent changed.",
        Column("agent_id", "id", required=True),
        Column("name", "text"),
        Column("team_id", "id"),
        Column("team_name", "text"),
        Column("lead_id", "id"),
        Column("tier", "code", codes=("T1", "T2")),
        Column("vendor", "text"),
        Column("role", "code", codes=("agent", "lead", "qa", "bot")),
        Column("site", "text"),
        Column("timezone", "text"),
        Column("hired_on", "date"),
        Column("valid_from", "ts", required=True),
        Column("valid_to", "ts"),
    ),
    _reference(
        "agent_shifts",
        "When agents were on duty and what they did.",
        Column("agent_id", "id", required=True),
        Column("starts_at", "ts", required=True),
        Column("ends_at", "ts", required=True),
        Column("activity", "text"),
        orders=(Order("ends_at", "starts_at"),),
    ),
    _reference(
        "groups",
        "Groups that tickets are assigned to.",
        Column("group_id", "id", required=True),
        Column("name", "text"),
        Column("tier", "text"),
        Column("vendor", "text"),
        Column("line_of_business", "text"),
    ),
    _reference(
        "schedules",
        "Weekly opening windows in local time; weekday, opens_at and closes_at all empty: no windows.",
        Column("schedule_id", "id", required=True),
        Column("name", "text"),
        Column("timezone", "zone", required=True),
        Column("weekday", "int", at_least=1, at_most=7, note="1 = Monday"),
        Column("opens_at", "time"),
        Column("closes_at", "time", note="at or before `opens_at`, or above 24:00: past midnight"),
        Column("is_default", "bool"),
        *_VALIDITY,
        rules=(
            Rule(
                "weekday",
                "(weekday IS NULL) <> (opens_at IS NULL) OR (weekday IS NULL) <> (closes_at IS NULL)",
                "weekday, opens_at and closes_at are given together, or all empty",
            ),
        ),
    ),
    _reference(
        "holidays",
        "Days, or parts of them, on which a schedule is closed; local to the schedule.",
        Column("schedule_id", "id", required=True),
        Column("name", "text"),
        Column("starts_on", "date", required=True),
        Column("ends_on", "date", required=True),
        Column("starts_at", "time", note="empty = 00:00"),
        Column("ends_at", "time", note="empty = 24:00"),
        orders=(Order("ends_on", "starts_on"),),
        rules=(
            Rule(
                "ends_at",
                "ends_on = starts_on AND coalesce(lpad(ends_at, 5, '0'), '24:00')"
                " < coalesce(lpad(starts_at, 5, '0'), '00:00')",
                "before starts_at",
            ),
        ),
    ),
    _reference(
        "sla_policies",
        "Which tickets a policy is for: null = any, several values `;` separated, lowest position wins.",
        Column("policy_id", "id", required=True),
        Column("name", "text"),
        Column("position", "int", required=True),
        Column("line_of_business", "text"),
        Column("channel", "text"),
        Column("market", "text"),
        Column("language", "text"),
        Column("requester_segment", "text"),
        Column("group_id", "text"),
        *_VALIDITY,
    ),
    _reference(
        "sla_targets",
        "Targets of a policy; a null priority is any.",
        Column("policy_id", "id", required=True),
        Column("metric", "text", required=True),
        Column("priority", "text"),
        Column("target_minutes", "num", required=True, at_least=0, at_most=_TEN_YEARS),
        Column("hours", "code", required=True, codes=("business", "calendar")),
        *_VALIDITY,
    ),
    _reference(
        "active_creators",
        "How many creators were active: the denominator of contact rates.",
        Column("market", "text"),
        Column("line_of_business", "text"),
        Column("week_start", "date", required=True),
        Column("creators", "int", required=True),
    ),
    _reference(
        "response_frameworks",
        "Macros and the framework version they belong to.",
        Column("macro_id", "id", required=True),
        Column("name", "text"),
        Column("line_of_business", "text"),
        Column("language", "text"),
        Column("version", "text"),
        *_VALIDITY,
    ),
)
