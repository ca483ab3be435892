"""Sets of time as sorted lists of disjoint half-open intervals `(start, end)` of instants.

Belongs here: the arithmetic of such sets. Does not belong here: where the intervals come from.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

Interval = tuple[int, int]


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """The set covered by any of the intervals, each instant once; touching intervals become one."""
    merged: list[Interval] = []
    for start, end in sorted(i for i in intervals if i[0] < i[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def clip(intervals: list[Interval], start: int, end: int) -> list[Interval]:
    """The part of the set inside [start, end)."""
    # The first interval that can reach beyond `start` is the last one that begins at or before it.
    first = max(bisect_right(intervals, (start, 1 << 62)) - 1, 0)
    found = []
    for position in range(first, len(intervals)):
        begin, stop = intervals[position]
        if begin >= end:
            break
        piece = (max(begin, start), min(stop, end))
        if piece[0] < piece[1]:
            found.append(piece)
    return found


def intersect(left: list[Interval], right: list[Interval]) -> list[Interval]:
    """The set of instants in both."""
    return [piece for start, end in left for piece in clip(right, start, end)]


def subtract(intervals: list[Interval], removed: list[Interval]) -> list[Interval]:
    """The set without every instant of `removed` (itself sorted and disjoint)."""
    kept = []
    for start, end in intervals:
        for hole_start, hole_end in clip(removed, start, end):
            if start < hole_start:
                kept.append((start, hole_start))
            start = hole_end
        if start < end:
            kept.append((start, end))
    return kept


def total(intervals: list[Interval]) -> int:
    """The length of the set in microseconds."""
    return sum(end - start for start, end in intervals)


def used_up_at(intervals: list[Interval], amount: int) -> int | None:
    """The last instant at which no more than `amount` of the set has gone by; None if all of it is within
    `amount`.

    An amount that is used up exactly at the end of an interval is passed where the next one begins (A21).
    """
    left = amount
    for start, end in intervals:
        if end - start > left:
            return start + left
        left -= end - start
    return None
