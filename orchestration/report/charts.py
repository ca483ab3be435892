"""Line charts as inline SVG: one line, its interval as a band, the last value written beside it.

Belongs here: drawing a series. Does not belong here: which series, or their numbers in words. A chart is
narrow enough to be read on a phone without being shrunk; its numbers stand in a table for who cannot see it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from orchestration.report.markup import Safe, tag
from orchestration.report.numbers import FEW

WIDTH, HEIGHT = 340, 168
_LEFT, _RIGHT, _TOP, _BOTTOM = 38, 52, 10, 22


@dataclass(frozen=True)
class Point:
    """A week's value, its interval where it has one, and the cases it rests on (None: not a share)."""

    week: date
    value: float
    lower: float | None = None
    upper: float | None = None
    cases: int | None = None


@dataclass(frozen=True)
class _Scale:
    first: date
    last: date
    highest: float

    def x(self, week: date) -> float:
        days = (self.last - self.first).days
        return _LEFT + (WIDTH - _LEFT - _RIGHT) * ((week - self.first).days / days if days else 1)

    def y(self, value: float) -> float:
        return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * min(value, self.highest) / self.highest

    def at(self, week: date, value: float) -> str:
        return f"{_n(self.x(week))},{_n(self.y(value))}"


def line(
    points: Sequence[Point],
    weeks: tuple[date, date],
    label: str,
    write: Callable[[float], str],
    top: float | None = None,
) -> Safe:
    """Return the chart of points in order of time; `label` says in a sentence what it shows.

    `weeks` are the ends of the axis of time, `write` makes a value's text, `top` is the highest value of the
    other axis (None: round and above all values), which begins at 0. A week without a point leaves a gap.
    Raises `ValueError` without a point.
    """
    if not points:
        raise ValueError("a chart needs a point")
    reach = max(p.value if p.upper is None else p.upper for p in points)
    scale = _Scale(*weeks, top or _round_up(reach))
    newest = points[-1]
    marked = [p for p in points if _is_few(p) or p is newest]
    return tag(
        "svg",
        *_axes(scale, write),
        *(part for run in _runs(points) for part in _run(run, scale)),
        *(
            tag(
                "circle",
                cx=_n(scale.x(p.week)),
                cy=_n(scale.y(p.value)),
                r="3",
                class_="few" if _is_few(p) else "dot",
            )
            for p in marked
        ),
        _text(write(newest.value), scale.x(newest.week) + 8, scale.y(newest.value) + 4.5, "value"),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_label=label,
    )


def _axes(scale: _Scale, write: Callable[[float], str]) -> list[Safe]:
    parts: list[Safe] = []
    for value in (0, scale.highest / 2, scale.highest):
        y = scale.y(value)
        ends = {"x1": _n(_LEFT), "x2": _n(WIDTH - _RIGHT), "y1": _n(y), "y2": _n(y)}
        parts += [tag("line", class_="grid", **ends), _text(write(value), _LEFT - 5, y + 3.5, "tick end")]
    if scale.last > scale.first:
        parts.append(_text(f"{scale.first:%-d %b}", _LEFT, HEIGHT - 6, "tick"))
    parts.append(_text(f"{scale.last:%-d %b}", WIDTH - _RIGHT, HEIGHT - 6, "tick end"))
    return parts


def _run(run: Sequence[Point], scale: _Scale) -> list[Safe]:
    """Draw weeks that follow each other: their band and line, or the interval of a single week."""
    upper = [scale.at(p.week, p.upper) for p in run if p.upper is not None]
    lower = [scale.at(p.week, p.lower) for p in reversed(run) if p.lower is not None]
    path = [scale.at(p.week, p.value) for p in run]
    if len(run) == 1:
        return [tag("polyline", points=" ".join(upper + lower), class_="whisker")] if upper else []
    band = [tag("polygon", points=" ".join(upper + lower), class_="band")] if upper else []
    return [*band, tag("polyline", points=" ".join(path), class_="line")]


def _runs(points: Sequence[Point]) -> list[list[Point]]:
    """Return stretches of points in which no week is missing."""
    runs: list[list[Point]] = []
    for point in points:
        if runs and (point.week - runs[-1][-1].week).days == 7:
            runs[-1].append(point)
        else:
            runs.append([point])
    return runs


def _is_few(point: Point) -> bool:
    return point.cases is not None and point.cases < FEW


def _text(text: str, x: float, y: float, look: str) -> Safe:
    return tag("text", text, x=_n(x), y=_n(y), class_=look)


def _round_up(value: float) -> float:
    """Return the next 1, 2, 4, 6, 8 or 10 times a power of ten, so that half of it is round as well."""
    if value <= 0:
        return 1
    power = 1.0
    while power * 10 < value:
        power *= 10
    while power > value:
        power /= 10
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= value)


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
