"""`fct_sla_reported`: a week is reported, the world corrected, the report stands, the change is explained.

Worked by hand. All tickets are created and answered in the week of Monday 2 March 2026 (London, UTC then),
with one hour of business time (Mon-Fri 09:00-17:00) to the first reply.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.dbt_project import build
from tests.dbt_project.invoice_site import Change, reply, solved, spam, status, ticket, write

WEEK, MONTH = date(2026, 3, 2), date(2026, 3, 1)
IN_THE_WEEK, WEEK_END = "2026-03-05T12:00:00Z", "2026-03-09T00:00:00Z"
AFTER, LATER = "2026-03-10T12:00:00Z", "2026-03-11T12:00:00Z"
# British Summer Time has begun: the month ends at 23:00 UTC.
MONTH_END, BEFORE_MONTH_END = "2026-03-31T23:00:00Z", "2026-03-31T22:59:59.999999Z"

TICKETS = (
    *(ticket(name, "2026-03-03T10:00:00Z") for name in ("late", "policy", "spam", "roster", "same", "gone")),
    # Tuesday 16:30 to Thursday 09:00: half an hour on Tuesday and all of Wednesday.
    ticket("schedule", "2026-03-03T16:30:00Z", "s2"),
)
EVENTS = (
    *solved("late", "2026-03-03T12:00:00Z", "2026-03-03T13:00:00Z"),
    *solved("policy", "2026-03-03T12:00:00Z", "2026-03-03T13:00:00Z"),
    *solved("spam", "2026-03-03T10:30:00Z", "2026-03-03T13:00:00Z"),
    *solved("gone", "2026-03-03T12:00:00Z", "2026-03-03T13:00:00Z"),
    *solved("roster", "2026-03-03T10:30:00Z", "2026-03-03T13:00:00Z"),
    *solved("same", "2026-03-03T10:30:00Z", "2026-03-03T13:00:00Z"),
    *solved("schedule", "2026-03-05T09:00:00Z", "2026-03-05T09:30:00Z"),
)
CORRECTION = Change(
    events=(
        reply("late", "2026-03-03T10:15:00Z"),
        spam("spam", "2026-03-09T10:00:00Z"),
        # the ordinary course of things after the report, no correction
        status("same", "2026-03-09T10:00:00Z", "solved", "closed"),
        *solved("whole", "2026-03-04T10:45:00Z", "2026-03-04T11:00:00Z"),
    ),
    tickets=(
        ticket("whole", "2026-03-04T10:00:00Z"),
        # sent again, though its target taken away is what changes it
        ticket("gone", "2026-03-03T10:00:00Z", updated="2026-03-09T10:00:00Z"),
    ),
    without_target="gone",
    policy_minutes=180,
    holiday=True,
    vendor="V2",
)
HOUR = 3600.0
# ticket: status and elapsed as recorded, as restated, reason
EXPECTED = {
    "late": (("breached", 2 * HOUR), ("met", 0.25 * HOUR), "late_event"),
    "policy": (("breached", 2 * HOUR), ("met", 2 * HOUR), "policy_edited"),
    "schedule": (("breached", 8.5 * HOUR), ("met", 0.5 * HOUR), "schedule_corrected"),
    "spam": (("met", 0.5 * HOUR), (None, None), "ticket_excluded"),
    "roster": (("met", 0.5 * HOUR), ("met", 0.5 * HOUR), "roster_corrected"),
    "same": (("met", 0.5 * HOUR), ("met", 0.5 * HOUR), None),
    "gone": (("breached", 2 * HOUR), (None, None), "policy_edited"),
    "whole": ((None, None), ("met", 0.75 * HOUR), "late_event"),
}
SELECT = ("+int_build_state", "fct_sla_reported")


class Desk:
    """The site over time: deliveries and builds."""

    def __init__(self, folder: Path) -> None:
        self.site, self.data = folder / "site", folder / "data"

    def deliver(self, change: Change | None = None) -> None:
        write(self.site, TICKETS, EVENTS, change or Change())
        build.load(self.site, self.data)

    def build(self, as_of: str, *select: str, full_refresh: bool = False, **variables: Any) -> None:
        build.build(
            self.site,
            self.data,
            as_of=as_of,
            select=select or SELECT,
            variables=variables,
            full_refresh=full_refresh,
            data_tests=False,
        )

    def reported(self) -> list[dict[str, Any]]:
        return build.rows(self.data, "select * from marts.fct_sla_reported order by sla_reported_key")

    def recorded(self) -> list[dict[str, Any]]:
        return build.rows(self.data, "select * from records.int_sla_records order by all")


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Built in the week, at its end, and after the corrections."""
    desk = Desk(tmp_path_factory.mktemp("desk"))
    desk.deliver()
    desk.build(IN_THE_WEEK)
    assert desk.reported() == []
    desk.build(WEEK_END)
    first = desk.reported()
    assert {row["ticket_id"] for row in first} == set(EXPECTED) - {"whole"}
    assert not any(row["is_different"] for row in first)
    desk.deliver(CORRECTION)
    desk.build(AFTER)
    return desk


def test_record_stays_restated_moves_and_the_reason_is_right(corrected: Desk) -> None:
    rows = corrected.reported()
    assert {row["closed_week_date"] for row in rows} == {WEEK}
    assert {row["closed_month_date"] for row in rows} == {None}
    found = {
        row["ticket_id"]: (
            (row["recorded_status"], row["recorded_elapsed_seconds"]),
            (row["restated_status"], row["restated_elapsed_seconds"]),
            row["difference_reason"],
        )
        for row in rows
    }
    assert found == EXPECTED
    closed_at = datetime.fromisoformat(WEEK_END).astimezone(UTC)
    assert {row["ticket_id"]: row["recorded_as_of"] for row in rows} == {
        name: None if name == "whole" else closed_at for name in EXPECTED
    }
    vendors = {row["ticket_id"]: (row["recorded_vendor"], row["restated_vendor"]) for row in rows}
    assert vendors["roster"] == ("V1", "V2")
    targets = {
        row["ticket_id"]: (row["recorded_target_seconds"], row["restated_target_seconds"]) for row in rows
    }
    assert targets["policy"] == (HOUR, 3 * HOUR)
    assert targets["same"] == (HOUR, HOUR)


def test_an_old_invoice_can_be_recomputed(corrected: Desk) -> None:
    query = f"""
        select
            avg(case when recorded_status = 'met' then 1.0 else 0.0 end)
                filter (where recorded_status in ('met', 'breached')
                    and not recorded_is_excluded) as reported,
            avg(case when restated_status = 'met' then 1.0 else 0.0 end)
                filter (where restated_status in ('met', 'breached') and not restated_is_excluded
                    and restated_is_final and restated_week_date = closed_week_date) as restated
        from marts.fct_sla_reported where closed_week_date = date '{WEEK}'
    """
    (row,) = build.rows(corrected.data, query)
    assert row == {"reported": pytest.approx(3 / 7), "restated": pytest.approx(6 / 6)}


def test_building_again_changes_nothing(corrected: Desk) -> None:
    reported, recorded = corrected.reported(), corrected.recorded()
    corrected.build(AFTER)
    assert corrected.reported() == reported
    corrected.build(AFTER, full_refresh=True)
    assert corrected.reported() == reported
    corrected.build(LATER)
    assert corrected.reported() == reported
    assert corrected.recorded() == recorded


def test_the_month_closes_at_its_local_end(corrected: Desk) -> None:
    corrected.build(BEFORE_MONTH_END)
    assert {row["closed_month_date"] for row in corrected.reported()} == {None}
    corrected.build(MONTH_END)
    month = [row for row in corrected.reported() if row["closed_month_date"] == MONTH]
    assert {row["ticket_id"]: row["recorded_status"] for row in month} == {
        name: now[0] for name, (_, now, _) in EXPECTED.items() if now[0] is not None
    }
    assert not any(row["is_different"] for row in month)
    week = {
        row["ticket_id"]: row["recorded_status"] for row in corrected.reported() if row["closed_week_date"]
    }
    assert week == {name: then[0] for name, (then, _, _) in EXPECTED.items()}


def test_a_build_that_was_never_published_records_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.deliver()
    desk.build(IN_THE_WEEK)
    desk.build(WEEK_END, published_as_of="2026-03-05 12:00:00")  # its gate fails
    desk.deliver(CORRECTION)
    desk.build(AFTER, published_as_of="2026-03-05 12:00:00")
    rows = desk.reported()
    assert {row["recorded_as_of"] for row in rows} == {datetime.fromisoformat(AFTER).astimezone(UTC)}
    assert {row["ticket_id"]: row["recorded_status"] for row in rows} == {
        name: now[0] for name, (_, now, _) in EXPECTED.items() if now[0] is not None
    }
    assert not any(row["is_different"] for row in rows)


def test_a_build_killed_after_recording_is_taken_up_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.deliver()
    desk.build(IN_THE_WEEK)
    desk.build(WEEK_END, "+int_sla_records")  # killed before the differences to the record
    recorded = desk.recorded()
    assert len([row for row in recorded if row["sla_key"]]) == 7
    desk.build(WEEK_END)
    assert desk.recorded() == recorded
    assert {row["ticket_id"] for row in desk.reported()} == set(EXPECTED) - {"whole"}
    assert not any(row["is_different"] for row in desk.reported())
