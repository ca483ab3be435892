"""The connector of event logs: on a few made-up rows, and on the log of road fines where it is there."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from ingestion.connectors.appeals_events import EVENTS
from ingestion.load import load
from ingestion.site import load_site
from tests.ingestion.conftest import Warehouse, csv

_ROOT = Path(__file__).resolve().parents[2]
_SITE = _ROOT / "ingestion" / "sites" / "road_fines"
_LOG = _ROOT.parent / "shared" / "data" / "appeals"


def test_steps_of_a_case_are_told_apart(warehouse: Warehouse) -> None:
    warehouse.site["sources"][0] |= {"connector": "appeals_events"}
    headers = [column.header or column.name for column in EVENTS.columns]

    def row(**values: str) -> str:
        given = {
            "case:concept:name": "A1",
            "concept:name": "Create Fine",
            "time:timestamp": "2006-07-24T01:00:00.000+03:00",
            "matricola": "4711",
        }
        return ",".join({**given, **values}.get(name, "") for name in headers)

    rows = [
        row(),
        row(),
        row(**{"concept:name": "Payment", "paymentAmount": "10.0"}),
        row(**{"concept:name": "Payment", "paymentAmount": "20.0"}),
        row(**{"time:timestamp": "24 July"}),
        row(**{"case:concept:name": ""}),
    ]
    warehouse.write({"appeals_events_1.csv": csv(",".join(headers), *rows)})
    (report,) = warehouse.load().files
    # the same step twice is one; two payments of a day are two
    assert (report.read, report.loaded, report.quarantined, report.duplicates) == (6, 3, 2, 1)
    assert warehouse.query(
        "SELECT activity, occurred_at, payment_amount, length(register_id)"
        " FROM raw.appeals_events__events ORDER BY ALL"
    ) == [
        ("Create Fine", datetime(2006, 7, 23, 22), 0, 64),
        ("Payment", datetime(2006, 7, 23, 22), 10, 64),
        ("Payment", datetime(2006, 7, 23, 22), 20, 64),
    ]
    assert warehouse.query("SELECT line, column_name FROM quarantine.events ORDER BY line") == [
        (6, "occurred_at"),
        (7, "case_id"),
    ]


@pytest.mark.skipif(not _LOG.is_dir(), reason="the log of road fines is not beside the repository")
def test_each_row_of_the_real_log_is_accounted_for(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    (report,) = load(load_site(_SITE), warehouse.paths).files
    assert (report.read, report.loaded, report.quarantined, report.duplicates) == (561_470, 561_470, 0, 0)
    # midnight of Italy on every row: days are right in its zone
    assert warehouse.query(
        "SELECT count(*) FROM raw.appeals_events__events"
        " WHERE hour(timezone('Europe/Rome', timezone('UTC', occurred_at))) <> 0"
    ) == [(0,)]
