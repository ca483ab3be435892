"""Planted incidents: patterns of known kind, driver, size and date, for scoring the detection of insights.

Belongs here: which incidents a site has. Does not belong here: detecting them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingestion.simulator import world
from ingestion.simulator.steps import DAY

FIX = "fix"
"""Not harm but a remedy: from its day on the driver's contacts fall by the share `lift`."""
KINDS = ("spike", "csat_drop", "spike", "overturn", "emerging")


@dataclass(frozen=True)
class Incident:
    """One planted pattern. `extra` contacts above the usual, `harm` points of satisfaction lost on its
    contacts."""

    incident_id: str
    kind: str
    line_of_business: str
    contact_reason: str
    market: str | None
    starts_at: int
    days: int
    extra: int
    harm: float
    usual: float
    """Contacts of the driver expected in the window without the incident."""
    lift: float
    """Change of the driver's contacts in the window, as a share of the usual ones (of a fix: the fall)."""


def plan_incidents(rng: np.random.Generator, tickets: int, weeks: int, start: int) -> list[Incident]:
    """Incidents of a site: one per five weeks or so, never two on one driver, none in the first
    quarter; and, in a quarter of a year or more, one remedy."""
    drivers = [
        (line, reason, share * part)
        for line, (_, _, share, _, reasons) in world.LINES.items()
        for reason, part in reasons.items()
    ]
    number = max(1, weeks // 5)
    chosen = rng.choice(len(drivers), size=min(number, len(drivers)), replace=False)
    found: list[Incident] = []
    left = [drivers[int(driver)] for driver in chosen]
    for n in range(len(left)):
        kind = KINDS[n % len(KINDS)]
        # only decisions that can be appealed can be overturned
        fits = [d for d in left if kind != "overturn" or d[1] in world.APPEALABLE]
        line, reason, share = (fits or left)[0]
        left.remove((line, reason, share))
        # what moves scores instead of counts needs time and the whole world to show
        slow = kind in ("csat_drop", "overturn")
        some_market = str(rng.choice(list(world.MARKETS)[:6]))
        market = some_market if rng.random() < 0.3 and not slow else None
        days = int(rng.integers(21, 36) if slow else rng.integers(5, 15))
        first = int(weeks * 7 * 0.25)
        starts_at = start + int(rng.integers(first, max(first + 1, weeks * 7 - days))) * DAY
        usual = tickets * share * (world.MARKETS[market].share if market else 1.0) * days / (weeks * 7)
        lift = {"spike": float(rng.uniform(0.4, 2.5)), "emerging": float(rng.uniform(1.0, 3.0))}.get(
            kind, 0.0
        )
        # a small site's incidents are made large enough to be told from chance, but for every third
        least = min(220, tickets // 60) if lift and n % 3 != 2 else 0
        extra = int(min(max(round(usual * lift), least), tickets // 25))
        harm = float(rng.uniform(0.25, 0.5)) if kind in ("csat_drop", "spike") else 0.0
        found.append(
            Incident(
                f"INC-{n + 1:03d}",
                kind,
                line,
                reason,
                market,
                starts_at,
                days,
                extra,
                round(harm, 3),
                round(usual, 1),
                round(extra / max(usual, 1.0), 3),
            )
        )
    if weeks >= 12:
        busy = {incident.contact_reason for incident in found}
        line, reason, share = max((d for d in drivers if d[1] not in busy), key=lambda d: d[2])
        first, cut = int(weeks * 7 * 0.6), round(float(rng.uniform(0.25, 0.5)), 3)
        days = weeks * 7 - first
        usual = round(tickets * share * days / (weeks * 7), 1)
        found.append(
            Incident(
                f"INC-{len(found) + 1:03d}",
                FIX,
                line,
                reason,
                None,
                start + first * DAY,
                days,
                0,
                0.0,
                usual,
                cut,
            )
        )
    return found
