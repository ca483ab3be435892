"""A shop's survey export: one row per contact that was answered by the customer's rating.

Belongs here: the shape of that export. Does not belong here: what it means as a survey, which is
`dbt_project/models/staging/csat_survey_files`.

In the export times are `dd/mm/yyyy HH:MM` and the survey's day is `d-Mon-yy`, both without a zone, so the
source must declare one. A day is loaded as its last second: the survey came after whatever happened on it.
"""

from __future__ import annotations

from ingestion.contracts.model import Column, Entity

FILE_NAMES = ("shopzilla_csat", "csat_survey")

CONTACTS = Entity(
    name="contacts",
    kind="snapshot",
    description="One row per contact with the score its survey got.",
    key=("contact_id",),
    version="survey_day",
    columns=(
        Column("contact_id", "id", required=True, header="Unique id"),
        Column("channel_name", "text"),
        Column("category", "text"),
        Column("subcategory", "text", header="Sub-category"),
        Column("remarks", "text", free_text=True, header="Customer Remarks"),
        Column("order_id", "id", personal=True, header="Order_id"),
        Column("reported_at", "log_ts", required=True, header="Issue_reported at"),
        Column("responded_at", "log_ts", header="issue_responded"),
        Column("survey_day", "log_day", required=True, header="Survey_response_Date"),
        Column("handling_seconds", "num", header="connected_handling_time"),
        Column("agent_name", "text", header="Agent_name"),
        Column("supervisor_name", "text", header="Supervisor"),
        Column("manager_name", "text", header="Manager"),
        Column("tenure_band", "text", header="Tenure Bucket"),
        Column("agent_shift", "text", header="Agent Shift"),
        Column("score", "num", header="CSAT Score"),
    ),
    connector="csat_survey_files",
)
