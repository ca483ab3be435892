"""Numbers as people read them, and comparisons in plain words.

Belongs here: rounding, units, whether a change is more than chance. Does not belong here: which number is
shown where. Rates are shares from 0 to 1, durations seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt

# Fewer cases than this are shown, with a word of warning, and never compared (SEMANTICS 4).
FEW = 30


@dataclass(frozen=True)
class Share:
    """A share with its 95 % interval and the number of cases it is of."""

    rate: float
    lower: float
    upper: float
    cases: int

    @property
    def is_small(self) -> bool:
        """Whether it rests on too few cases to be compared."""
        return self.cases < FEW


def percent(rate: float) -> str:
    """Return `82 %`."""
    return f"{100 * rate:.0f}\N{NO-BREAK SPACE}%"


def interval(share: Share) -> str:
    """Return `78-85 %`, the ends of the interval."""
    return f"{100 * share.lower:.0f}\N{EN DASH}{100 * share.upper:.0f}\N{NO-BREAK SPACE}%"


def count(number: float) -> str:
    """Return `1,234`."""
    return f"{number:,.0f}"


def points(difference: float) -> str:
    """Return the size of a difference of shares: `5 points`."""
    size = round(100 * abs(difference))
    return f"{size} {'point' if size == 1 else 'points'}"


def duration(seconds: float) -> str:
    """Return seconds in the unit one would say: `40 min`, `5.2 h`, `3.1 days`."""
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f}\N{NO-BREAK SPACE}min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.1f}\N{NO-BREAK SPACE}h"
    return f"{seconds / 86400:.1f}\N{NO-BREAK SPACE}days"


def business_time(seconds: float) -> str:
    """Return business seconds as `40 business min` or `60.0 business h`: days of them have no one length."""
    number, unit = (f"{seconds / 60:.0f}", "min") if seconds < 90 * 60 else (f"{seconds / 3600:.1f}", "h")
    return f"{number}\N{NO-BREAK SPACE}business\N{NO-BREAK SPACE}{unit}"


def some(number: float, one: str, many: str | None = None) -> str:
    """Return number and noun: `1 ticket`, `2 tickets`."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def week_name(monday: date) -> str:
    """Return `22-28 June 2026`."""
    sunday = monday + timedelta(days=6)
    if monday.month == sunday.month:
        first = f"{monday.day}"
    elif monday.year == sunday.year:
        first = f"{monday:%-d %B} "
    else:
        first = f"{monday:%-d %B %Y} "
    gap = " " if " " in first else ""
    return f"{first.strip()}{gap}\N{EN DASH}{gap}{sunday:%-d %B %Y}"


def change(now: Share, before: Share | None) -> str:
    """Say how a share moved since the week before, and whether chance alone explains it.

    The interval of the difference is Newcombe's method 10 (Statistics in Medicine 17, 1998).
    """
    if before is None:
        return "there is no week before to compare with"
    if now.is_small or before.is_small:
        earlier = f"{percent(before.rate)} of {count(before.cases)}"
        return f"too few cases to compare with the week before ({earlier})"
    difference = now.rate - before.rate
    lower = difference - sqrt((now.rate - now.lower) ** 2 + (before.upper - before.rate) ** 2)
    upper = difference + sqrt((now.upper - now.rate) ** 2 + (before.rate - before.lower) ** 2)
    moved = f"{points(difference)} {'more' if difference > 0 else 'less'} than the week before"
    if lower > 0 or upper < 0:
        return f"{moved}, more than chance explains"
    return f"{moved}, which may be chance" if round(100 * difference) else "as in the week before"


def standing(now: float, before: Sequence[float]) -> str:
    """Say how a count stands among those of the weeks before."""
    if len(before) < 4:
        return "too few weeks before to compare with"
    lowest, highest = min(before), max(before)
    reach = f"{count(lowest)}\N{EN DASH}{count(highest)} in the {len(before)} weeks before"
    if now > highest:
        return f"more than in any of the {len(before)} weeks before ({reach})"
    if now < lowest:
        return f"fewer than in any of the {len(before)} weeks before ({reach})"
    return f"within what is usual ({reach})"
