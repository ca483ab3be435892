"""The connector of survey exports: on a few made-up rows, and on the real export where it is there."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from ingestion.connectors.csat_survey_files import CONTACTS
from ingestion.load import load
from ingestion.site import load_site
from tests.ingestion.conftest import Warehouse, csv

_ROOT = Path(__file__).resolve().parents[2]
_SITE = _ROOT / "ingestion" / "sites" / "shop"
_EXPORT = _ROOT.parent / "shared" / "data" / "csat_survey"


def test_headers_days_and_times_of_the_export_are_read(warehouse: Warehouse) -> None:
    warehouse.site["sources"][0] |= {"connector": "csat_survey_files", "timezone": "Asia/Kolkata"}
    headers = [column.header or column.name for column in CONTACTS.columns]

    def row(**values: str) -> str:
        given = {
            "Unique id": "k1",
            "Issue_reported at": "26/08/2023 18:39",
            "Survey_response_Date": "26-Aug-23",
            "Order_id": "o-1",
            "Customer Remarks": "Write to jane@example.org",
        }
        return ",".join({**given, **values}.get(name, "") for name in headers)

    rows = [
        row(),
        row(**{"Unique id": "k2", "Survey_response_Date": "2023-08-26"}),
        row(**{"Unique id": "k3", "Survey_response_Date": "31-Feb-23"}),
    ]
    warehouse.write({"shopzilla_csat_1.csv": csv(",".join(headers), *rows)})
    (report,) = warehouse.load().files
    assert (report.read, report.loaded, report.quarantined, report.duplicates) == (3, 1, 2, 0)
    # India is 5:30 ahead; the day of the survey is loaded as its last second
    assert warehouse.query(
        "SELECT contact_id, reported_at, survey_day, remarks, length(order_id)"
        " FROM raw.csat_survey_files__contacts"
    ) == [
        ("k1", datetime(2023, 8, 26, 13, 9), datetime(2023, 8, 26, 18, 29, 59), "Write to [email]", 64),
    ]
    assert warehouse.query("SELECT line, column_name FROM quarantine.contacts ORDER BY line") == [
        (3, "survey_day"),
        (4, "survey_day"),
    ]


@pytest.mark.skipif(not _EXPORT.is_dir(), reason="the survey export is not beside the repository")
def test_each_row_of_the_real_export_is_accounted_for(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    (report,) = load(load_site(_SITE), warehouse.paths).files
    assert (report.read, report.loaded, report.quarantined, report.duplicates) == (17_182, 17_182, 0, 0)
    assert warehouse.query(
        "SELECT count(*) FILTER (responded_at < reported_at), count(DISTINCT agent_name),"
        " count(remarks) FROM raw.csat_survey_files__contacts"
    ) == [(635, 1_368, 5_833)]
