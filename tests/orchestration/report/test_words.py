"""Numbers in words, markup, colours: small parts that pages are made of."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from orchestration import report
from orchestration.report.charts import Point, line
from orchestration.report.markup import Safe, join, tag
from orchestration.report.numbers import (
    Share,
    business_time,
    change,
    count,
    duration,
    points,
    standing,
    week_name,
)


def _share(good: int, cases: int) -> Share:
    lower, upper = proportion_confint(good, cases, method="wilson")
    return Share(good / cases, lower, upper, cases)


@pytest.mark.parametrize(
    ("now", "before"), [((80, 100), (60, 100)), ((62, 100), (60, 100)), ((40, 100), (60, 100))]
)
def test_a_change_is_more_than_chance_where_newcombes_interval_leaves_out_none(
    now: tuple[int, int], before: tuple[int, int]
) -> None:
    lower, upper = confint_proportions_2indep(*now, *before, method="newcomb")
    assert ("more than chance" in change(_share(*now), _share(*before))) == (lower > 0 or upper < 0)


def test_few_cases_are_not_compared() -> None:
    assert change(_share(10, 20), _share(90, 100)).startswith("too few cases to compare")
    assert change(_share(50, 100), None) == "there is no week before to compare with"
    assert change(_share(500, 1000), _share(501, 1000)) == "as in the week before"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 min"), (5340, "89 min"), (7200, "2.0 h"), (172_800, "2.0 days")]
)
def test_durations_are_in_the_unit_one_would_say(seconds: float, text: str) -> None:
    assert duration(seconds).replace("\N{NO-BREAK SPACE}", " ") == text


@pytest.mark.parametrize(("seconds", "text"), [(1800, "30 business min"), (216_000, "60.0 business h")])
def test_business_time_is_never_told_in_days(seconds: float, text: str) -> None:
    assert business_time(seconds).replace("\N{NO-BREAK SPACE}", " ") == text


@pytest.mark.parametrize(
    ("monday", "text"),
    [
        (date(2026, 6, 22), "22–28 June 2026"),
        (date(2026, 6, 29), "29 June – 5 July 2026"),
        (date(2026, 12, 28), "28 December 2026 – 3 January 2027"),
    ],
)
def test_weeks_are_named_by_their_days(monday: date, text: str) -> None:
    assert week_name(monday) == text


def test_counts_stand_among_those_of_the_weeks_before() -> None:
    assert (
        standing(11, [7, 8, 9, 10]) == "more than in any of the 4 weeks before (7–10 in the 4 weeks before)"
    )
    assert standing(6, [7, 8, 9, 10]).startswith("fewer than in any")
    assert standing(8, [7, 8, 9, 10]).startswith("within what is usual")
    assert standing(8, [7, 8]).startswith("too few weeks")
    assert points(-0.011) == "1 point"


def test_text_and_attributes_are_escaped_and_markup_is_not_escaped_twice() -> None:
    made = tag("p", "a < b & c", tag("b", '"x"'), None, title='say "no" <now>', class_="k", lang=None)
    assert made == (
        '<p title="say &quot;no&quot; &lt;now&gt;" class="k">a &lt; b &amp; c<b>&quot;x&quot;</b></p>'
    )
    assert isinstance(join(made, "<"), Safe)


def test_an_axis_reaches_above_every_value() -> None:
    weeks = (date(2026, 6, 1), date(2026, 6, 8))
    for top in (0, 0.4, 3, 11, 99, 101, 2_500):
        drawn = line([Point(weeks[0], 0), Point(weeks[1], top)], weeks, "label", count)
        [path] = re.findall(r'points="([^"]+)" class="line"', drawn)
        heights = [float(point.split(",")[1]) for point in path.split()]
        assert min(heights) >= 10, top
    with pytest.raises(ValueError, match="needs a point"):
        line([], weeks, "label", count)


def test_colours_of_text_have_enough_contrast_on_their_ground() -> None:
    style = (Path(report.__file__).parent / "report.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", style))
    for text in ("ink", "quiet", "blue", "bad"):
        for ground in ("#ffffff", colours["panel"]):
            assert _contrast(colours[text], ground) >= 4.5, (text, ground)


def _contrast(first: str, second: str) -> float:
    """Contrast ratio of WCAG 2."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
