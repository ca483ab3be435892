"""The ServiceNow incident audit export: one row per change, with the whole incident as it then stood.

Belongs here: the shape of that export. Does not belong here: what it means as tickets and events, which is
`dbt_project/models/staging/servicenow`.

In the export a missing value is `?`, and times are `d/m/yyyy HH:MM` without a zone, so the source must
declare one. Where two rows share `number` and `sys_mod_count`, the one updated later counts.
"""

from __future__ import annotations

from ingestion.contracts.model import Column, Entity

FILE_NAMES = ("incident_event_log",)

_TIMES = {"opened_at", "sys_created_at", "sys_updated_at", "resolved_at", "closed_at"}
_COUNTS = {"reassignment_count", "reopen_count", "sys_mod_count"}
_FLAGS = {"active", "made_sla", "knowledge", "u_priority_confirmation"}
_REQUIRED = {"number", "incident_state", "sys_mod_count", "opened_at", "sys_updated_at"}
_NAMES = (
    "number incident_state active reassignment_count reopen_count sys_mod_count made_sla caller_id opened_by"
    " opened_at sys_created_by sys_created_at sys_updated_by sys_updated_at contact_type location category"
    " subcategory u_symptom cmdb_ci impact urgency priority assignment_group assigned_to knowledge"
    " u_priority_confirmation notify problem_id rfc vendor caused_by closed_code resolved_by resolved_at"
    " closed_at"
)


def _column(name: str) -> Column:
    required = name in _REQUIRED
    if name in _TIMES:
        return Column(name, "log_ts", required=required)
    if name in _COUNTS:
        return Column(name, "int", required=required)
    if name in _FLAGS:
        return Column(name, "bool")
    return Column(name, "text", required=required, personal=name == "caller_id")


INCIDENTS = Entity(
    name="incidents",
    kind="event",
    description="One row per change of an incident, with the whole incident as it then stood.",
    key=("number", "sys_mod_count"),
    version="sys_updated_at",
    columns=tuple(_column(name) for name in _NAMES.split()),
    connector="servicenow_audit",
)
