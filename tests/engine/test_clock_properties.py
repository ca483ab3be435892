"""The business clock in SQL: equal to the reference and lawful, on random schedules and random instants.

Belongs here: properties of the built clocks, judged in bulk. Does not belong here: single cases worked out by
hand (dbt's unit tests), nor what the clock is used for.
"""

from __future__ import annotations

from bisect import bisect_right

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.clock_site import BuiltClocks, Clock, write_site
from tests.reference.business_time import is_open
from tests.reference.instants import DAY, HOUR, MINUTE

WEEK = 7 * DAY
# Away from an edge of the clock: on it, next to it, an hour shown twice or never.
NEAR = (0, 0, -1, 1, -HOUR, HOUR, -30 * MINUTE, 30 * MINUTE, -DAY, DAY)
BULK = 300
lawful = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))

numbers = st.integers(0, 2**48 - 1)
questions = st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=BULK)


@pytest.fixture(scope="module", params=[3], ids=lambda seed: f"seed_{seed}")
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> BuiltClocks:
    """All clocks of a site of hostile schedules."""
    place = tmp_path_factory.mktemp("clocks")
    return BuiltClocks(write_site(place / "site", request.param), place / "data")


def instant(clock: Clock, number: int) -> int:
    """A number as an instant of the clock's calendar: half of them near something that changes."""
    low, high = clock.calendar.start, clock.calendar.end - 1
    number, kind = divmod(number, 2)
    if kind:
        return low + number % (high - low)
    number, away = divmod(number, len(NEAR))
    return min(max(clock.edges[number % len(clock.edges)] + NEAR[away], low), high)


def stretches(
    built: BuiltClocks, drawn: list[tuple[int, int, int]], source: str = ""
) -> list[tuple[Clock, int, int]]:
    """Drawn numbers as (clock, from, to), from ≤ to; of one source only its own schedules."""
    clocks = [c for c in built.clocks if not source or (c.source_id == source and c.schedule_id)]
    found = []
    for which, first, second in drawn:
        clock = clocks[which % len(clocks)]
        a, b = sorted((instant(clock, first), instant(clock, second)))
        found.append((clock, a, b))
    return found


@given(drawn=questions)
@lawful
def test_equals_the_reference(built: BuiltClocks, drawn: list[tuple[int, int, int]]) -> None:
    asked = stretches(built, drawn)
    expected = [clock.business_us(a, b) for clock, a, b in asked]
    assert built.business_us(asked) == expected


@given(drawn=questions)
@lawful
def test_is_open_where_the_definition_says_so(built: BuiltClocks, drawn: list[tuple[int, int, int]]) -> None:
    asked = [(clock, at, at + 1) for clock, at, _ in stretches(built, drawn) if clock.schedule_id]
    if asked:
        expected = []
        for clock, at, _ in asked:
            rows = [row for row in clock.source.schedules if row.schedule_id == clock.schedule_id]
            holidays = [h for h in clock.source.holidays if h.schedule_id == clock.schedule_id]
            in_force = any(row.validity.holds(at) for row in rows)
            expected.append((int(is_open(rows, holidays, at)), 0 if in_force else 1))
        assert built.between(asked) == expected


@given(drawn=questions)
@lawful
def test_adds_up_and_never_runs_backwards(built: BuiltClocks, drawn: list[tuple[int, int, int]]) -> None:
    asked = stretches(built, drawn)
    middles = [a + number % (b - a + 1) for (_, a, b), (number, _, _) in zip(asked, drawn, strict=True)]
    whole = built.between(asked)
    first = built.between([(clock, a, m) for (clock, a, _), m in zip(asked, middles, strict=True)])
    second = built.between([(clock, m, b) for (clock, _, b), m in zip(asked, middles, strict=True)])
    for (_, a, b), m, all_of_it, left, right in zip(asked, middles, whole, first, second, strict=True):
        assert all_of_it == (left[0] + right[0], left[1] + right[1])
        for part, length in ((left, m - a), (right, b - m)):
            assert min(part) >= 0 and sum(part) <= length


@given(drawn=questions, weeks=st.integers(1, 80))
@lawful
def test_whole_weeks_change_nothing_where_clocks_never_change(
    built: BuiltClocks, drawn: list[tuple[int, int, int]], weeks: int
) -> None:
    asked = stretches(built, drawn, "steady")
    shifted = [(clock, a + weeks * WEEK, b + weeks * WEEK) for clock, a, b in asked]
    assert built.between(asked) == built.between(shifted)


@given(drawn=questions)
@lawful
def test_always_open_is_the_difference_in_utc(built: BuiltClocks, drawn: list[tuple[int, int, int]]) -> None:
    asked = stretches(built, drawn, "always")
    assert built.between(asked) == [(b - a, 0) for _, a, b in asked]


@given(drawn=questions)
@lawful
def test_inverse_is_the_last_instant_within_an_amount(
    built: BuiltClocks, drawn: list[tuple[int, int, int]]
) -> None:
    asked = []
    for clock, a, b in stretches(built, drawn):
        # Amounts used up exactly at a closing as well as inside a window.
        opened = [end - start for start, end in clock.whole.open if start >= a][:3]
        amounts = [0, b % (9 * HOUR), *(sum(opened[: n + 1]) for n in range(len(opened)))]
        asked.append((clock, a, amounts[b % len(amounts)]))
    found = built.after_open(asked)
    for (clock, a, amount), at in zip(asked, found, strict=True):
        expected = clock.after_open(a, amount)
        if expected is not None:
            assert at == expected
        else:  # beyond what the reference laid open
            assert at is None or at >= clock.calendar.end
    reached = [(clock, a, amount, at) for (clock, a, amount), at in zip(asked, found, strict=True) if at]
    if reached:
        until = built.between([(clock, a, at) for clock, a, _, at in reached])
        past = built.between([(clock, a, at + 1) for clock, a, _, at in reached])
        amounts = [amount for _, _, amount, _ in reached]
        assert [opened for opened, _ in until] == amounts
        assert [opened for opened, _ in past] == [amount + 1 for amount in amounts]


def test_pieces_partition_every_day(built: BuiltClocks) -> None:
    query = f"""
        with pieces as (
            select *, lead(from_us) over (partition by clock_id order by from_us) as next_us
            from intermediate.int_clock_days
        ),
        days as (
            select
                clock_id, day_no,
                min(from_us) as from_us, max(to_us) as to_us, sum(to_us - from_us) as length_us
            from pieces
            group by all
        )
        select
            (select count(*) from pieces where to_us <> next_us or from_us >= to_us),
            (
                select count(*) from days
                where from_us <> day_no * {DAY} or to_us <> from_us + {DAY} or length_us <> {DAY}
            ),
            (select count(*) from days),
            (select count(distinct clock_id) * (max(day_no) - min(day_no) + 1) from days)
    """
    row = built.connection.execute(query).fetchone()
    assert row is not None
    broken, uneven, days, expected = row
    assert (broken, uneven) == (0, 0)
    assert days == expected > 100_000


def test_the_reference_laid_open_enough(built: BuiltClocks) -> None:
    """The site is hostile indeed: many clocks, some with gaps, each edge findable."""
    assert len(built.clocks) > 60
    assert sum(1 for clock in built.clocks if clock.schedule_id is None) >= 5
    assert any(clock.whole.without_schedule for clock in built.clocks)
    for clock in built.clocks:
        edges = clock.edges
        assert edges == sorted(edges) and bisect_right(edges, clock.calendar.start) >= 1
