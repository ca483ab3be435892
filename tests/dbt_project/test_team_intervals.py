"""The ranks that bound a median in the team marts (macros/team.sql) cover it as often as they should."""

from __future__ import annotations

from scipy.stats import binom


def test_intervals_of_medians_cover_as_they_should() -> None:
    for cases in (30, 47, 100, 500):
        lower = max(1, round(cases / 2 - 1.959963984540054 * cases**0.5 / 2))
        upper = min(cases, round(1 + cases / 2 + 1.959963984540054 * cases**0.5 / 2))
        coverage = binom.cdf(upper - 1, cases, 0.5) - binom.cdf(lower - 1, cases, 0.5)
        assert 0.94 < coverage < 0.975
