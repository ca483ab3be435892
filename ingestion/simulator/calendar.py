"""Working hours and holidays of the simulated organisation.

Belongs here: the schedule versions and holidays that the clock has to cope with: DST, overnight and split
windows, a schedule retired in mid-period, one without windows, a change of the site's default.
Does not belong here: computing with them (`clock.py`).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ingestion.simulator.organisation import Organisation

Row = dict[str, Any]
WEEKDAYS = range(1, 6)
EVERY_DAY = range(1, 8)


def _week(
    schedule: str,
    name: str,
    zone: str,
    days: Any,
    *windows: tuple[str, str],
    default: bool = False,
    start: datetime | None = None,
    end: datetime | None = None,
) -> list[Row]:
    return [
        {
            "schedule_id": schedule,
            "name": name,
            "timezone": zone,
            "weekday": day,
            "opens_at": opens,
            "closes_at": closes,
            "is_default": default,
            "valid_from": start,
            "valid_to": end,
        }
        for day in days
        for opens, closes in windows
    ]


def _empty(
    schedule: str, name: str, zone: str, start: datetime | None = None, end: datetime | None = None
) -> Row:
    return {
        "schedule_id": schedule,
        "name": name,
        "timezone": zone,
        "weekday": None,
        "opens_at": None,
        "closes_at": None,
        "is_default": False,
        "valid_from": start,
        "valid_to": end,
    }


def build_calendar(org: Organisation) -> None:
    """Fill `schedules` and `holidays`."""
    early, middle, late = org.at(0.3), org.at(0.5), org.at(0.7)
    new_default = org.at(0.6)
    org.rows["schedules"] = [
        *_week("SCH-247", "Always", "UTC", EVERY_DAY, ("00:00", "24:00")),
        *_week(
            "SCH-DUBLIN",
            "Dublin office",
            "Europe/Dublin",
            WEEKDAYS,
            ("09:00", "17:30"),
            default=True,
            end=new_default,
        ),
        *_week(
            "SCH-DUBLIN", "Dublin office", "Europe/Dublin", WEEKDAYS, ("09:00", "17:30"), start=new_default
        ),
        *_week("SCH-EUROPE", "Europe long", "Europe/Dublin", EVERY_DAY, ("08:00", "20:00"), end=new_default),
        *_week(
            "SCH-EUROPE",
            "Europe long",
            "Europe/Dublin",
            EVERY_DAY,
            ("07:00", "21:00"),
            default=True,
            start=new_default,
        ),
        *_week("SCH-KRAKOW", "Krakow", "Europe/Warsaw", WEEKDAYS, ("08:00", "18:00"), end=middle),
        *_week("SCH-KRAKOW", "Krakow", "Europe/Warsaw", range(1, 7), ("07:30", "19:00"), start=middle),
        *_week("SCH-MANILA", "Manila nights", "Asia/Manila", WEEKDAYS, ("20:00", "06:00")),
        *_week("SCH-MANILA", "Manila nights", "Asia/Manila", (6, 7), ("22:00", "28:00")),
        *_week(
            "SCH-BOGOTA",
            "Bogota split",
            "America/Bogota",
            range(1, 7),
            ("08:00", "12:00"),
            ("13:00", "17:00"),
            ("16:30", "18:00"),
        ),
        *_week("SCH-CAIRO", "Cairo", "Africa/Cairo", (7, 1, 2, 3, 4), ("09:00", "17:00")),
        *_week("SCH-KATHMANDU", "Kathmandu", "Asia/Kathmandu", range(1, 7), ("09:15", "17:45")),
        *_week("SCH-LA", "Los Angeles", "America/Los_Angeles", WEEKDAYS, ("09:00", "18:00"), end=early),
        *_week("SCH-LA", "Los Angeles", "America/Los_Angeles", WEEKDAYS, ("08:00", "18:00"), start=early),
        *_week("SCH-NIGHT", "Dublin nights", "Europe/Dublin", EVERY_DAY, ("22:00", "06:00")),
        *_week(
            "SCH-MOVED",
            "Moved from Lisbon to Sydney",
            "Europe/Lisbon",
            WEEKDAYS,
            ("09:00", "17:00"),
            end=middle,
        ),
        *_week(
            "SCH-MOVED",
            "Moved from Lisbon to Sydney",
            "Australia/Sydney",
            WEEKDAYS,
            ("09:00", "17:00"),
            start=middle,
        ),
        *_week("SCH-RETIRED", "Retired", "Europe/London", WEEKDAYS, ("09:00", "17:00"), end=late),
        _empty("SCH-PAUSED", "No service", "UTC"),
        *_week("SCH-PILOT", "Pilot", "Asia/Tokyo", WEEKDAYS, ("10:00", "19:00"), end=early),
        _empty("SCH-PILOT", "Pilot", "Asia/Tokyo", start=early, end=late),
        *_week("SCH-PILOT", "Pilot", "Asia/Tokyo", WEEKDAYS, ("10:00", "16:00"), start=late),
    ]
    org.rows["holidays"] = _holidays(org)


def _holidays(org: Organisation) -> list[Row]:
    found: list[Row] = []

    def add(
        schedule: str,
        name: str,
        start: date,
        end: date | None = None,
        opens: str | None = None,
        closes: str | None = None,
    ) -> None:
        found.append(
            {
                "schedule_id": schedule,
                "name": name,
                "starts_on": start,
                "ends_on": end or start,
                "starts_at": opens,
                "ends_at": closes,
            }
        )

    for year in range(org.start.year - 1, org.as_of.year + 2):
        for schedule in ("SCH-DUBLIN", "SCH-EUROPE", "SCH-NIGHT"):
            add(schedule, "Christmas Eve", date(year, 12, 24), opens="13:00")
            add(schedule, "Christmas", date(year, 12, 25), date(year, 12, 26))
            add(schedule, "New Year", date(year, 12, 31), date(year + 1, 1, 1), opens="18:00")
            add(schedule, "St Patrick's Day", date(year, 3, 17))
        add("SCH-KRAKOW", "Christmas", date(year, 12, 24), date(year, 12, 26))
        add("SCH-KRAKOW", "Majowka", date(year, 5, 1), date(year, 5, 3))
        add("SCH-KRAKOW", "Constitution Day", date(year, 5, 3))
        add("SCH-MANILA", "Independence Day", date(year, 6, 12))
        add("SCH-MANILA", "Labour Day", date(year, 5, 1))
        add("SCH-BOGOTA", "Independence Day", date(year, 7, 20))
        add("SCH-BOGOTA", "Half day", date(year, 4, 2), closes="12:30")
        add("SCH-CAIRO", "Revolution Day", date(year, 1, 25))
        add("SCH-KATHMANDU", "New Year", date(year, 4, 14))
        add("SCH-LA", "Independence Day", date(year, 7, 4))
        add("SCH-LA", "Memorial Day", date(year, 5, 25))
        add("SCH-247", "Maintenance", date(year, 2, 14), opens="02:00", closes="06:00")
    return found
