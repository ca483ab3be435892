"""Step functions of time: what held for a thing (an agent, a status, a policy) at an instant.

Belongs here: cutting rows with `valid_from`/`valid_to` into disjoint pieces and looking them up in bulk.
Does not belong here: what the values mean.
Instants are integer microseconds since 1970 in UTC; keys pack (thing, instant) into one int64 so that one
binary search serves all things at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY
_HALF = 1 << 50
BEGINNING = -_HALF
"""Earlier than any instant in use (year 1934)."""
END = (1 << 51) + (1 << 49)
"""Later than any instant in use (year 2059)."""


def pack(thing: np.ndarray | int, instant: np.ndarray | int) -> np.ndarray:
    """Sortable int64 of (thing, instant); things from 0 to 2,047 times 2 to the 50th microseconds."""
    return (np.asarray(thing, dtype=np.int64) << 52) + (np.asarray(instant, dtype=np.int64) + _HALF)


class Steps:
    """For every thing 0..n-1 a value per instant, as disjoint pieces with a start each."""

    def __init__(self, keys: np.ndarray, values: np.ndarray) -> None:
        self.keys = keys
        self.values = values

    @classmethod
    def of(
        cls,
        things: int,
        rows: Sequence[tuple[int, int, int, Any]],
        best: Callable[[list[Any]], int],
    ) -> Steps:
        """Cut rows (thing, valid_from, valid_to, payload) into pieces; `best` names the value of the payloads
        in force together (an empty list where none is). Raises ValueError for more than 2,047 things."""
        if things >= 1 << 11:
            raise ValueError(f"{things} things are more than one key can hold")
        per_thing: dict[int, list[tuple[int, int, Any]]] = {}
        for thing, start, end, payload in rows:
            per_thing.setdefault(thing, []).append((start, end, payload))
        keys: list[int] = []
        values: list[int] = []
        for thing in range(things):
            mine = per_thing.get(thing, [])
            cuts = sorted({BEGINNING, *(s for s, _, _ in mine), *(e for _, e, _ in mine if e < END)})
            last: int | None = None
            for cut in cuts:
                value = best([p for s, e, p in mine if s <= cut < e])
                if value != last:
                    keys.append(int(pack(thing, cut)))
                    values.append(value)
                    last = value
        return cls(np.array(keys, dtype=np.int64), np.array(values, dtype=np.int64))

    def piece(self, thing: np.ndarray, instant: np.ndarray) -> np.ndarray:
        """Number of the piece that holds for each (thing, instant)."""
        return np.searchsorted(self.keys, pack(thing, instant), side="right") - 1

    def at(self, thing: np.ndarray, instant: np.ndarray) -> np.ndarray:
        """Value for each (thing, instant)."""
        return self.values[self.piece(thing, instant)]

    def start(self, piece: np.ndarray) -> np.ndarray:
        """Instant at which a piece begins."""
        return (self.keys[piece] & ((1 << 52) - 1)) - _HALF
