"""The ServiceNow connector: on a few made-up rows, and on the real log where it is there."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from ingestion.connectors.servicenow_audit import INCIDENTS
from ingestion.load import load
from ingestion.site import load_site
from tests.ingestion.conftest import Warehouse, csv

_ROOT = Path(__file__).resolve().parents[2]
_SITE = _ROOT / "ingestion" / "sites" / "servicenow"
_LOG = _ROOT.parent / "shared" / "data" / "servicenow_incidents"


def test_question_marks_days_first_and_the_sources_zone(warehouse: Warehouse) -> None:
    warehouse.site["sources"][0] |= {"connector": "servicenow_audit", "timezone": "Europe/Lisbon"}
    names = [column.name for column in INCIDENTS.columns]

    def row(**values: str) -> str:
        given = {
            "number": "0000001",
            "incident_state": "New",
            "sys_mod_count": "0",
            "opened_at": "1/7/2016 01:16",
        }
        return ",".join(
            {**given, "sys_updated_at": "1/7/2016 02:00", **values}.get(name, "?") for name in names
        )

    rows = [
        row(caller_id="2403", made_sla="true"),
        row(incident_state="Active", sys_updated_at="2/7/2016 02:00"),
        row(sys_mod_count="1", incident_state="-100"),
        row(sys_mod_count="2", opened_at="7/31/2016 01:16"),
    ]
    (report,) = warehouse.write({"incident_event_log.csv": csv(",".join(names), *rows)}).load().files
    assert (report.read, report.loaded, report.quarantined, report.duplicates) == (4, 2, 1, 1)
    found = warehouse.query(
        "SELECT incident_state, opened_at, caller_id, made_sla FROM raw.servicenow_audit__incidents"
        " ORDER BY sys_mod_count"
    )
    opened = datetime(2016, 7, 1, 0, 16)
    assert found == [("Active", opened, None, None), ("-100", opened, None, None)]
    assert warehouse.query("SELECT line, column_name FROM quarantine.incidents") == [(5, "opened_at")]


@pytest.mark.skipif(not _LOG.is_dir(), reason="the ServiceNow log is not beside the repository")
def test_each_row_of_the_real_log_is_accounted_for(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    result = load(load_site(_SITE), warehouse.paths)
    (report,) = (file for file in result.files if file.entity == "incidents")
    assert (report.read, report.loaded, report.quarantined, report.duplicates) == (141_712, 141_707, 0, 5)
    counts = warehouse.query(
        "SELECT count(DISTINCT number), count(*) FILTER (incident_state = '-100'),"
        " count(*) FILTER (sys_created_at IS NULL), min(length(caller_id))"
        " FROM raw.servicenow_audit__incidents"
    )
    assert counts == [(24_918, 5, counts[0][2], 64)]
    # 37 % of the rows have no time of creation.
    assert round(counts[0][2] / 141_707, 2) == 0.37
