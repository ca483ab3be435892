"""An event log of decisions and appeals: one row per step of a case, as process-mining tools export it.

Belongs here: the shape of that log. Does not belong here: which steps make a decision or an appeal, which is
`dbt_project/models/staging/appeals_events`.

Columns are called after the XES attributes (`concept:name` is the step). Times carry an offset. No row has an
id: a case has each step once, but for payments, which its amount tells apart.
"""

from __future__ import annotations

from ingestion.contracts.model import Column, Entity

FILE_NAMES = ("road_fine_events", "appeals_events")

EVENTS = Entity(
    name="events",
    kind="event",
    description="One row per step of a case.",
    key=("case_id", "activity", "occurred_at", "payment_amount"),
    columns=(
        Column("case_id", "id", required=True, header="case:concept:name"),
        Column("activity", "text", required=True, header="concept:name"),
        Column("occurred_at", "ts", required=True, header="time:timestamp"),
        Column("lifecycle", "text", header="lifecycle:transition"),
        Column("resource_id", "id", header="org:resource"),
        Column("dismissal", "text"),
        Column("article", "text"),
        Column("vehicle_class", "text", header="vehicleClass"),
        Column("points", "num"),
        Column("amount", "num"),
        Column("expense", "num"),
        Column("payment_amount", "num", default=0, header="paymentAmount"),
        Column("total_payment_amount", "num", header="totalPaymentAmount"),
        Column("notification_type", "text", header="notificationType"),
        Column("last_sent", "text", header="lastSent"),
        # The register does not say whose number it is, so it is taken for the offender's.
        Column("register_id", "id", personal=True, header="matricola"),
    ),
    connector="appeals_events",
)
