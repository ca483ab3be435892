"""The contract of what happens: tickets, events, surveys, decisions, appeals, reviews, posts, actions.

Belongs here: the source contract of snapshots and events, as data. Reference tables are in `reference`.
Does not belong here: any reading, checking or loading; all of that is derived from what stands here.
"""

from __future__ import annotations

from ingestion.contracts.model import About, Column, Entity, Order

CHANNELS = ("in_app", "webform", "email", "internal_form", "chat", "phone", "app_store", "social", "other")
PRIORITIES = ("low", "normal", "high", "urgent")
RESTRICTIONS = ("visibility", "monetisation", "service", "account")
STAFF_ROLES = ("agent", "bot", "system")
RATED_PURPOSES = ("random", "targeted", "calibration", "self")

TICKETS = Entity(
    name="tickets",
    kind="snapshot",
    description="One row per ticket, as it stood when it was exported.",
    key=("ticket_id",),
    version="updated_at",
    about=(About("ticket_id", "ticket"),),
    columns=(
        Column("ticket_id", "id", required=True),
        Column("created_at", "ts", required=True),
        Column("updated_at", "ts", required=True, note="the latest snapshot of a ticket counts"),
        Column("channel", "code", required=True, codes=CHANNELS),
        Column("line_of_business", "code"),
        Column("contact_reason", "text"),
        Column("requester_id", "id", personal=True),
        Column("requester_segment", "text"),
        Column("submitter_role", "code", codes=("requester", "agent", "system", "bot"), default="requester"),
        Column("is_public", "bool", default=True),
        Column("market", "market"),
        Column("language", "language"),
        Column("status", "text", required=True, note="mapped to a category by `status_map`"),
        Column("priority", "code", codes=PRIORITIES),
        Column("group_id", "id"),
        Column("assignee_id", "id"),
        Column("schedule_id", "id"),
        Column("follow_up_of", "id"),
        Column("merged_into", "id"),
        Column("is_deleted", "bool"),
        Column("is_spam", "bool"),
        Column(
            "is_minor",
            "bool",
            protects=True,
            note="true, or not readable, in any version delivered: free text is never loaded",
        ),
        Column("tags", "text", free_text=True, note="`;` separated"),
        Column("subject", "text", free_text=True),
    ),
)

TICKET_EVENTS = Entity(
    name="ticket_events",
    kind="event",
    description="Append-only history of tickets.",
    key=("event_id",),
    version="recorded_at",
    about=(About("ticket_id", "ticket"),),
    columns=(
        Column("event_id", "id", required=True),
        Column("ticket_id", "id", required=True),
        Column("occurred_at", "ts", required=True),
        Column("sequence_no", "int", default=0),
        Column("recorded_at", "ts", default_from=("occurred_at",)),
        Column(
            "event_type",
            "code",
            required=True,
            codes=("field_change", "message", "macro", "merge", "delete", "restore", "spam"),
        ),
        Column("field", "code", note="the ticket column that changed, or any other name"),
        Column("old_value", "text", value_of="field"),
        Column("new_value", "text", value_of="field"),
        Column("actor_id", "id", personal_unless=("actor_role", STAFF_ROLES)),
        Column(
            "actor_role",
            "code",
            codes=("requester", *STAFF_ROLES),
            note="`staff_roles:` in `site.yml` declares further ones whose ids stay",
        ),
        Column("is_public", "bool"),
        Column("reference", "id", note="macro id, merge target; `hard` of a delete: erase personal data"),
        Column("body", "text", free_text=True),
    ),
)

CSAT_RESPONSES = Entity(
    name="csat_responses",
    kind="event",
    description="One row per survey and answer version; a survey without an answer has a null score.",
    key=("survey_id", "recorded_at"),
    version="responded_at",
    about=(About("ticket_id", "ticket"),),
    columns=(
        Column("survey_id", "id", required=True),
        Column("ticket_id", "id", required=True),
        Column("sent_at", "ts", required=True),
        Column("recorded_at", "ts", default_from=("responded_at", "sent_at")),
        Column("responded_at", "ts"),
        Column("score", "num"),
        Column("scale_min", "num"),
        Column("scale_max", "num"),
        Column("comment", "text", free_text=True),
        Column("reason", "text", free_text=True),
        Column("language", "language"),
        Column("channel", "code"),
    ),
)

DECISIONS = Entity(
    name="decisions",
    kind="snapshot",
    description="Moderation decisions that can be appealed.",
    key=("decision_id",),
    version="updated_at",
    about=(About("decision_id", "decision"),),
    columns=(
        Column("decision_id", "id", required=True, note="the DSA puid"),
        Column("decided_at", "ts", required=True),
        Column("notified_at", "ts"),
        Column("creator_id", "id", personal=True),
        Column("restriction", "code", required=True, codes=RESTRICTIONS),
        Column("ground", "code", codes=("illegal", "terms")),
        Column("policy_category", "text"),
        Column("surface", "text"),
        Column("automated_detection", "bool"),
        Column("automated_decision", "code", codes=("not", "partially", "fully")),
        Column("decider_id", "id"),
        Column("decider_tier", "code"),
        Column("market", "market"),
        Column("language", "language"),
        Column("is_minor", "bool", protects=True),
        Column("restored_at", "ts"),
        Column("restored_reason", "code", codes=("appeal", "own_initiative", "ods")),
        Column("updated_at", "ts", required=True),
    ),
)

APPEALS = Entity(
    name="appeals",
    kind="snapshot",
    description="One row per complaint.",
    key=("appeal_id",),
    version="updated_at",
    orders=(Order("decided_at", "submitted_at"), Order("notified_at", "submitted_at")),
    about=(About("ticket_id", "ticket"), About("decision_id", "decision"), About("appeal_id", "appeal")),
    columns=(
        Column("appeal_id", "id", required=True),
        Column("decision_id", "id"),
        Column("about", "code", required=True, codes=("decision", "notice", "trusted_flagger_notice")),
        Column("body", "code", codes=("internal", "ods"), default="internal"),
        Column("round", "int", default=1),
        Column("complainant_role", "code", codes=("recipient", "notifier", "trusted_flagger")),
        Column("submitted_at", "ts", required=True),
        Column("decided_at", "ts"),
        Column("notified_at", "ts"),
        Column(
            "outcome",
            "code",
            codes=("upheld", "reversed", "partially_reversed", "omitted", "withdrawn"),
            note="null = pending",
        ),
        Column("new_restriction", "bool"),
        Column("ods_implemented", "bool"),
        Column("reviewer_id", "id"),
        Column("ticket_id", "id"),
        Column("reason", "text", free_text=True),
        Column("language", "language"),
        Column("market", "market"),
        Column("updated_at", "ts", required=True),
    ),
)

SUSPENSIONS = Entity(
    name="suspensions",
    kind="snapshot",
    description="Suspensions of creators, by ground.",
    key=("suspension_id",),
    version="updated_at",
    columns=(
        Column("suspension_id", "id", required=True),
        Column("creator_id", "id", personal=True),
        Column("suspended_at", "ts", required=True),
        Column(
            "ground",
            "code",
            required=True,
            codes=("illegal_content", "unfounded_notices", "unfounded_complaints"),
        ),
        Column("updated_at", "ts", required=True),
    ),
)

APPEAL_DECISIONS = Entity(
    name="appeal_decisions",
    kind="snapshot",
    description="Which decisions an appeal covers, where it covers several.",
    key=("appeal_id", "decision_id"),
    about=(About("decision_id", "decision"), About("appeal_id", "appeal")),
    columns=(Column("appeal_id", "id", required=True), Column("decision_id", "id", required=True)),
)

QUALITY_REVIEWS = Entity(
    name="quality_reviews",
    kind="snapshot",
    description="One row per quality review of a ticket or an appeal.",
    key=("review_id",),
    version="updated_at",
    about=(
        About("subject_id", "ticket", when=("subject_type", "ticket")),
        About("subject_id", "appeal", when=("subject_type", "appeal")),
        About("review_id", "review"),
    ),
    columns=(
        Column("review_id", "id", required=True),
        Column("subject_type", "code", required=True, codes=("ticket", "appeal")),
        Column("subject_id", "id", required=True),
        Column("agent_id", "id", required=True),
        Column("reviewer_id", "id", required=True),
        Column("reviewed_at", "ts", required=True),
        Column("rubric_id", "id", required=True),
        Column("rubric_version", "int", required=True),
        Column("purpose", "code", required=True, codes=RATED_PURPOSES),
        Column("sampling_weight", "num", default=1),
        Column("updated_at", "ts", required=True),
    ),
)

QUALITY_RATINGS = Entity(
    name="quality_ratings",
    kind="snapshot",
    description="One row per review and rated category; a null rating is N/A.",
    key=("review_id", "category_id"),
    version="updated_at",
    about=(About("review_id", "review"),),
    columns=(
        Column("review_id", "id", required=True),
        Column("category_id", "id", required=True),
        Column("rating", "num"),
        Column("comment", "text", free_text=True),
        Column(
            "updated_at",
            "ts",
            note="of two ratings of a category the later counts; without it a re-graded file keeps its name",
        ),
    ),
)

VOICE_ITEMS = Entity(
    name="voice_items",
    kind="snapshot",
    description="App-store reviews and social posts.",
    key=("item_id",),
    version="updated_at",
    columns=(
        Column("item_id", "id", required=True),
        Column(
            "platform",
            "code",
            required=True,
            codes=("app_store", "google_play", "x", "reddit", "forum", "other"),
        ),
        Column("posted_at", "ts", required=True),
        Column("rating", "num"),
        Column("language", "language"),
        Column("market", "market"),
        Column("title", "text", free_text=True),
        Column("text", "text", free_text=True),
        Column("app_version", "text"),
        Column("replied_at", "ts"),
        Column("likes", "int"),
        Column("updated_at", "ts", required=True),
    ),
)

FEEDBACK_ACTIONS = Entity(
    name="feedback_actions",
    kind="event",
    description="What teams did about an insight; append-only.",
    key=("action_id",),
    version="occurred_at",
    columns=(
        Column("action_id", "id", required=True),
        Column("insight_key", "text", required=True),
        Column("occurred_at", "ts", required=True),
        Column(
            "status",
            "code",
            required=True,
            codes=("raised", "accepted", "declined", "in_progress", "shipped", "verified", "reopened"),
        ),
        Column(
            "owner_team",
            "code",
            codes=("product", "safety", "engineering", "comms", "marketing", "policy"),
        ),
        Column("owner_id", "id"),
        Column("due_on", "date"),
        Column("note", "text", free_text=True),
        Column("reference_url", "text"),
    ),
)

ACTIVITY = (
    TICKETS,
    TICKET_EVENTS,
    CSAT_RESPONSES,
    DECISIONS,
    APPEALS,
    SUSPENSIONS,
    APPEAL_DECISIONS,
    QUALITY_REVIEWS,
    QUALITY_RATINGS,
    VOICE_ITEMS,
    FEEDBACK_ACTIONS,
)
