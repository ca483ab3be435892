"""Complaints of a half-year as arrays: made so that a filed table is what they add up to.

Belongs here: drawing complaints of given kinds. Does not belong here: the filed table (`tests.bench.filed`)
and files (`tests.bench.appeals_site`).

What was filed fixes how many complaints of each kind were submitted in the period and how many were decided
in it; as in life these are not the same complaints. Some that were decided in it came in before it, and as
many of those that came in were decided after it or not yet.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.bench.filed import MEDIAN, TOTAL, Filing, Kind

MS = 1_000
HOUR = 3_600_000_000
DAY = 24 * HOUR
OUTCOMES = ("upheld", "reversed", "partially_reversed", "omitted")
PENDING = -1
_SLOWEST = 10  # the longest takes so many medians
_AFTER = 25 * DAY  # what the period leaves open is decided within so long, or not yet
_ELSEWHERE = 0.005  # complaints that have nothing to do with the period, for each that has


@dataclass
class Rows:
    """Complaints in the order of submission; instants in microseconds since 1970, `kind` and `outcome`
    positions in the filing's kinds and in OUTCOMES. `decision` is the row whose decision it is about, -1 for
    none."""

    kind: np.ndarray
    outcome: np.ndarray
    submitted: np.ndarray
    notified: np.ndarray
    implemented: np.ndarray
    round: np.ndarray
    decision: np.ndarray

    def __len__(self) -> int:
        return len(self.kind)


def draw(filing: Filing, begins: int, ends: int, rng: np.random.Generator) -> Rows:
    """Return complaints that add up to the filing; the period is [begins, ends) in microseconds."""
    share = _share_below_total_median(filing)
    parts = [_of_kind(filing, position, begins, ends, share, rng) for position in range(len(filing.kinds))]
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    kind, outcome, submitted, notified, implemented = columns
    order = np.argsort(submitted, kind="stable")
    rows = Rows(
        kind[order], outcome[order], submitted[order], notified[order], implemented[order],
        np.ones(len(order), np.int64), np.full(len(order), -1, np.int64),
    )  # fmt: skip
    _about_decisions(rows, filing)
    return rows


def _of_kind(
    filing: Filing, position: int, begins: int, ends: int, share: float | None, rng: np.random.Generator
) -> tuple[np.ndarray, ...]:
    kind = filing.kinds[position]
    n = kind.decided
    outcome = np.repeat(np.arange(len(OUTCOMES)), [kind.outcomes[name] for name in OUTCOMES])
    took = np.empty(n, np.int64)
    timed = outcome != OUTCOMES.index("omitted")
    took[timed] = rng.permutation(_durations(filing, kind, int(timed.sum()), share))
    took[~timed] = (kind.median_hours * HOUR * rng.random(n - int(timed.sum()))).astype(np.int64)
    notified = rng.integers(begins // MS, ends // MS, n) * MS
    submitted = notified - took
    implemented = np.zeros(n, bool)
    implemented[np.flatnonzero((outcome == 1) | (outcome == 2))[: kind.implemented]] = True
    # As many stay open at the end of the period as the filed numbers say.
    left = kind.submitted - int(np.count_nonzero(submitted >= begins))
    if left < 0:
        raise ValueError(f"{filing.service}: more {kind} were decided than can have been submitted")
    elsewhere = int(kind.submitted * _ELSEWHERE)
    late = ends - 1 - rng.integers(0, int(min(5 * kind.median_hours * HOUR, 20 * DAY)) // MS, left) * MS
    outside = ends + rng.integers(0, _AFTER // MS, elsewhere) * MS
    further = np.concatenate([late, outside])
    decided = rng.random(left + elsewhere) < 0.5
    told = np.maximum(further, ends) + rng.integers(1, _AFTER // MS, left + elsewhere) * MS
    return (
        np.full(n + left + elsewhere, position, np.int8),
        np.concatenate([outcome, np.where(decided, 0, PENDING)]).astype(np.int8),
        np.concatenate([submitted, further]),
        np.concatenate([notified, told]),
        np.concatenate([implemented, np.zeros(left + elsewhere, bool)]),
    )


def _durations(filing: Filing, kind: Kind, n: int, share: float | None) -> np.ndarray:
    """Times to decision with the kind's median, ascending; the largest kind's give the total's, too."""
    place = (np.arange(n) + 0.5) / max(n, 1)
    known, hours = [0.0, 0.5, 1.0], [0.0, kind.median_hours, _SLOWEST * kind.median_hours]
    if share is not None and kind is _largest(filing):
        below = share < 0.5
        known.insert(1 if below else 2, share)
        hours.insert(1 if below else 2, float(filing.values[TOTAL, MEDIAN]))
    return (np.interp(place, known, hours) * HOUR / MS).astype(np.int64) * MS


def _share_below_total_median(filing: Filing) -> float | None:
    """Share of the largest kind that is decided faster than the median of all; None if none can give it."""
    total = float(filing.values.get((TOTAL, MEDIAN), 0))
    largest = _largest(filing)
    counted = [kind for kind in filing.kinds if _in_total(filing, kind)]
    if not total or not largest.decided:
        return None
    faster = sum(
        int(np.searchsorted(_durations(filing, kind, kind.decided, None), total * HOUR))
        for kind in counted
        if kind is not largest
    )
    share = (sum(kind.decided for kind in counted) / 2 - faster) / largest.decided
    fits = 0 < share < 0.5 if total < largest.median_hours else 0.5 < share < 1
    return share if fits and total < _SLOWEST * largest.median_hours else None


def _in_total(filing: Filing, kind: Kind) -> bool:
    return kind.body == "internal" and (kind.about == "decision" or filing.notices_in_total)


def _largest(filing: Filing) -> Kind:
    return max((kind for kind in filing.kinds if kind.about == "decision"), key=lambda kind: kind.decided)


def _about_decisions(rows: Rows, filing: Filing) -> None:
    """Every complaint about a decision has one of its own, but one in fifty is a second round on an earlier
    one's, and disputes are about decisions that were complained about."""
    disputes = []
    for position, kind in enumerate(filing.kinds):
        of = np.flatnonzero(rows.kind == position)
        if kind.body == "ods":
            disputes.append(of)
        elif kind.about == "decision":
            rows.decision[of] = of
            second = np.arange(49, len(of), 50)
            rows.decision[of[second]] = of[second - 25]
            rows.round[of[second]] = 2
            if kind is _largest(filing):
                largest = of
    for of in disputes:
        rows.decision[of] = largest[np.minimum(np.arange(len(of)) * 50, len(largest) - 1)]
