"""Reference entities as CSV files.

Belongs here: their columns in the order of the contract.
Does not belong here: their content (`organisation.py`, `calendar.py`, `policies.py`, `rubrics.py`).
"""

from __future__ import annotations

from pathlib import Path

from ingestion.simulator.columns import write_csv
from ingestion.simulator.organisation import Organisation

COLUMNS = {
    "lines_of_business": "line_of_business name owner_id owner_team",
    "agents": """agent_id name team_id team_name lead_id tier vendor role site timezone hired_on
        valid_from valid_to""",
    "groups": "group_id name tier vendor line_of_business",
    "schedules": """schedule_id name timezone weekday opens_at closes_at is_default valid_from valid_to""",
    "holidays": "schedule_id name starts_on ends_on starts_at ends_at",
    "sla_policies": """policy_id name position line_of_business channel market language requester_segment
        group_id valid_from valid_to""",
    "sla_targets": "policy_id metric priority target_minutes hours valid_from valid_to",
    "status_map": "status category valid_from valid_to",
    "rubrics": """rubric_id version category_id category_name weight scale_min scale_max is_critical
        valid_from valid_to""",
    "response_frameworks": "macro_id name line_of_business language version valid_from valid_to",
}


def write_reference(folder: Path, organisation: Organisation) -> dict[str, int]:
    """Write every reference entity the organisation has; rows by entity."""
    return {
        entity: write_csv(folder / f"{entity}.csv", columns.split(), organisation.rows[entity])
        for entity, columns in COLUMNS.items()
    }
