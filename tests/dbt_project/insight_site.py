"""A site of eight contact reasons over half a year, two of which triple for good in the eleventh week.

Belongs here: the files of the site. Does not belong here: what is expected of the marts. `payout` is mended
when its fix ships, `login` is not. Counts are Poisson with a fixed seed, since a site without chance would
prove nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from ingestion.contracts import entity

SITE = """\
site: loop
timezone: UTC
sources:
  - {name: desk, connector: canonical_files, path: desk, timezone: UTC}
"""
START = datetime(2026, 1, 5, tzinfo=UTC)
WEEKS = 24
USUAL = 40
BEGINS, SHIPS = 10, 16
REASONS = {
    "rewards": ("payout", "amount", "tax", "bonus"),
    "access": ("login", "hacked", "two_factor", "email"),
}
TRIPLED = ("payout", "login")
MENDED = ("payout",)
HEADER = "ticket_id,created_at,updated_at,channel,line_of_business,contact_reason,market,language,status"


def end_of_week(week: int) -> datetime:
    """The instant at which a week, counted from 0, is over."""
    return START + timedelta(weeks=week + 1)


def write(folder: Path) -> Path:
    """Write the site; return its folder."""
    desk = folder / "desk"
    desk.mkdir(parents=True)
    (folder / "site.yml").write_text(SITE, encoding="utf-8")
    (desk / "tickets.csv").write_text("\n".join([HEADER, *_tickets(), ""]), encoding="utf-8")
    columns = ",".join(column.name for column in entity("ticket_events").columns)
    (desk / "ticket_events.csv").write_text(columns + "\n", encoding="utf-8")
    return folder


def add_late_contacts(folder: Path, reason: str, week: int, count: int) -> None:
    """Deliver further contacts of a week that is long over."""
    at = START + timedelta(weeks=week, days=3)
    line = next(line for line, reasons in REASONS.items() if reason in reasons)
    rows = [_row(f"late-{week}-{n}", at + timedelta(minutes=n), line, reason) for n in range(count)]
    (folder / "desk" / "tickets_late.csv").write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")


def _tickets() -> Iterator[str]:
    rng = np.random.default_rng(20260105)
    for line, reasons in REASONS.items():
        for reason in reasons:
            for week in range(WEEKS):
                is_up = reason in TRIPLED and week >= BEGINS and not (reason in MENDED and week >= SHIPS)
                seconds = np.sort(rng.integers(0, 7 * 86_400, rng.poisson(USUAL * (3 if is_up else 1))))
                for n, second in enumerate(seconds):
                    at = START + timedelta(weeks=week, seconds=int(second))
                    yield _row(f"{reason}-{week}-{n}", at, line, reason)


def _row(ticket_id: str, at: datetime, line: str, reason: str) -> str:
    when = at.isoformat()
    return f"{ticket_id},{when},{when},in_app,{line},{reason},GB,en,open"
