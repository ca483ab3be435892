"""What contacts of drivers were to be expected, worked out once more in plain Python.

Belongs here: docs/drivers.md as loops over weeks, with numpy for percentiles and scipy for the tails. Does
not belong here: anything of the models, or a comparison with them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

WINDOW, HISTORY, LEAST_COMPARISON = 13, 4, 20


@dataclass
class Week:
    """One driver in one week; `other` are the contacts it is compared with."""

    count: int
    other: float
    expected: float | None = None
    chance: float = math.nan
    dispersion: float = math.nan
    score: float = math.nan
    p_value: float = math.nan


Series = Mapping[str, dict[int, Week]]


def score(series: Series, weeks: Iterable[int], first: int) -> None:
    """Fill in all weeks of the drivers of one level; `weeks` are complete, `first` is the source's first."""
    usable = sorted(week for week in weeks if week > first)
    residuals: dict[str, dict[int, float]] = defaultdict(dict)
    for name, found in series.items():
        cleaned: dict[int, float] = {}
        for week in usable:
            past = [w for w in usable if week - WINDOW <= w < week]
            now = found[week]
            plain, _ = _expect(now, found, past, {w: found[w].count for w in past})
            cleaned[week] = now.count
            if len(past) >= HISTORY and plain is not None:
                limit = 2 + plain[0] + 3 * math.sqrt(plain[0] * plain[1])
                cleaned[week] = min(now.count, limit)
            better, _ = _expect(now, found, past, cleaned)
            if len(past) >= HISTORY and better is not None:
                now.expected, now.chance = better
                if any(found[w].count for w in range(first, week + 1) if w in found):
                    residuals[name][week] = (now.count - now.expected) / math.sqrt(now.expected * now.chance)
    for week in usable:
        pool = _pooled(series, residuals, week)
        for name, found in series.items():
            now = found[week]
            if now.expected is None:
                continue
            own = [
                min(4.0, residuals[name][w] ** 2 / _pooled(series, residuals, w))
                for w in range(week - WINDOW, week)
                if w in residuals[name] and (found[w].expected or 0) >= 1
            ]
            now.dispersion = max(1.0, pool * (8 + sum(own)) / (8 + len(own))) * now.chance
            now.score = _deviate(now.count + 0.5, now.expected, now.dispersion)
            tail = _deviate(now.count, now.expected, now.dispersion) if now.count else -math.inf
            now.p_value = float(stats.norm.sf(tail))


def _expect(
    now: Week, found: Mapping[int, Week], past: list[int], counts: Mapping[int, float]
) -> tuple[tuple[float, float] | None, bool]:
    other = sum(found[w].other for w in past)
    comparable = now.other > 0 and other >= len(past) * LEAST_COMPARISON
    index, trailing = (now.other, other) if comparable else (1.0, float(len(past)))
    if not trailing:
        return None, comparable
    seen = sum(counts[w] for w in past) + 0.5
    expected = seen * index / trailing
    return (expected, 1 + expected / seen + (expected / index if comparable else 0)), comparable


def _pooled(series: Series, residuals: Mapping[str, Mapping[int, float]], week: int) -> float:
    total, number = 1.2 * 20, 20
    for w in range(week - WINDOW, week):
        values = [
            found[w] for name, found in residuals.items() if w in found and _expected(series, name, w) >= 5
        ]
        if len(values) >= 5:
            low, high = np.percentile(values, [16, 84])
            total += len(values) * (high - low) ** 2 / 3.956
            number += len(values)
    return total / number


def _expected(series: Series, name: str, week: int) -> float:
    return series[name][week].expected or 0.0


def _deviate(count: float, mean: float, dispersion: float) -> float:
    """The normal deviate of Wilson and Hilferty's approximation of a gamma tail."""
    shape = count / dispersion
    return 3 * math.sqrt(shape) * (1 - 1 / (9 * shape) - (mean / count) ** (1 / 3))
