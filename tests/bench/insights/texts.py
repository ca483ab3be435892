"""Reviews of invented people over half a year, with one new matter from a known day on, or without.

Belongs here: what is written when, and which texts are planted. Does not belong here: the words
(`vocabulary.py`), finding themes in them.

Behind a run are some two dozen matters of very unequal size, whose shares drift from week to week; two of
them flare up to three times for a fortnight, and a few rare ones are written about every few weeks only.
None of that is new. A third of the texts are satisfied, a fifth only say how people feel, some are about two
matters, and words are misspelt. What is planted is a matter that nobody wrote about before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from tests.bench.insights import vocabulary

USUAL, RARE = 24, 8
SATISFIED, FEELING_ONLY, TWO_MATTERS, MISSPELT = 0.33, 0.2, 0.15, 0.04
DRIFT, FLARE, FLARE_DAYS = 0.3, 3.0, 14
RARE_A_WEEK = 0.3


@dataclass(frozen=True)
class Planted:
    """A new matter: so many texts a week from a day on to the end."""

    run: str
    matter: str
    starts_on: date
    texts_a_week: int


@dataclass(frozen=True)
class Text:
    """One review."""

    posted_at: datetime
    rating: int
    text: str
    is_planted: bool


@dataclass(frozen=True)
class Plan:
    """What a run is to hold; the seed decides the rest."""

    run: str
    seed: int
    first_day: date
    weeks: int
    texts_a_week: int
    planted_a_week: int = 0
    earliest_week: int = 0
    latest_week: int = 0


def draw(plan: Plan) -> tuple[list[Text], Planted | None]:
    """All texts of a run in order of time, and what was planted."""
    rng = np.random.default_rng(plan.seed)
    matters = [str(name) for name in rng.permutation(list(vocabulary.MATTERS))]
    usual, rare, new = matters[:USUAL], matters[USUAL : USUAL + RARE], matters[USUAL + RARE]
    days = plan.weeks * 7
    shares = _shares(rng, len(usual), days)
    daily = rng.poisson(plan.texts_a_week / 7, days)
    texts = [
        _text(rng, plan.first_day, day, usual, shares[day], None)
        for day, count in enumerate(daily)
        for _ in range(count)
    ]
    for matter in rare:
        for day in np.flatnonzero(rng.random(days) < RARE_A_WEEK / 7):
            texts.append(_text(rng, plan.first_day, int(day), usual, shares[day], matter))
    planted = None
    if plan.planted_a_week:
        start = 7 * plan.earliest_week + int(rng.integers(7 * (plan.latest_week - plan.earliest_week)))
        starts_on = plan.first_day + timedelta(days=start)
        planted = Planted(plan.run, new, starts_on, plan.planted_a_week)
        for day in range(start, days):
            for _ in range(rng.poisson(plan.planted_a_week / 7)):
                texts.append(_text(rng, plan.first_day, day, usual, shares[day], new, is_planted=True))
    return sorted(texts, key=lambda text: text.posted_at), planted


def _shares(rng: np.random.Generator, count: int, days: int) -> np.ndarray:
    """Share of each matter on each day: Zipf's law, a weekly drift, and two that flare up."""
    sizes = 1 / np.arange(1, count + 1) ** 0.8
    weeks = -(-days // 7)
    drift = np.zeros((weeks, count))
    for week in range(1, weeks):
        drift[week] = 0.7 * drift[week - 1] + DRIFT * rng.normal(size=count)
    shares = np.repeat(sizes * np.exp(drift), 7, axis=0)[:days]
    for matter in rng.choice(count, 2, replace=False):
        from_day = int(rng.integers(days // 2, days - FLARE_DAYS))
        shares[from_day : from_day + FLARE_DAYS, matter] *= FLARE
    return shares / shares.sum(axis=1, keepdims=True)


def _text(
    rng: np.random.Generator,
    first_day: date,
    day: int,
    usual: list[str],
    shares: np.ndarray,
    matter: str | None,
    *,
    is_planted: bool = False,
) -> Text:
    """A text of a day, about the given matter or one of the usual ones, or about none."""
    seconds = int(rng.integers(86_400 * day, 86_400 * (day + 1)))
    posted_at = datetime.combine(first_day, datetime.min.time()) + timedelta(seconds=seconds)
    chance = rng.random() if matter is None else 1.0
    other = usual[int(rng.choice(len(usual), p=shares))]
    if chance < SATISFIED:
        parts = [_one(rng, vocabulary.PRAISE)]
        if rng.random() < 0.3:  # a thing that is liked, without a fault
            parts.append(_one(rng, vocabulary.MATTERS[other][0]))
        return Text(posted_at, int(rng.choice([4, 5], p=[0.25, 0.75])), _written(rng, parts), is_planted)
    rating = int(rng.choice([1, 2, 3, 4, 5], p=[0.65, 0.15, 0.1, 0.04, 0.06]))
    if chance < SATISFIED + FEELING_ONLY:
        return Text(posted_at, rating, _written(rng, [_one(rng, vocabulary.FEELINGS)]), is_planted)
    parts = [_sentence(rng, matter or other)]
    if rng.random() < 0.3:
        parts.append(_sentence(rng, matter or other))
    if rng.random() < TWO_MATTERS:
        parts.append(_sentence(rng, usual[int(rng.choice(len(usual), p=shares))]))
    for phrases, share in ((vocabulary.FEELINGS, 0.4), (vocabulary.ASIDES, 0.4)):
        if rng.random() < share:
            parts.insert(int(rng.integers(len(parts) + 1)), _one(rng, phrases))
    return Text(posted_at, rating, _written(rng, parts), is_planted)


def _sentence(rng: np.random.Generator, matter: str) -> str:
    things, faults, around = vocabulary.MATTERS[matter]
    return _one(rng, vocabulary.SENTENCES).format(
        thing=_often_first(rng, things),
        thing2=_one(rng, things),
        fault=_often_first(rng, faults),
        fault2=_one(rng, faults),
        around=_one(rng, around),
    )


def _one(rng: np.random.Generator, words: tuple[str, ...]) -> str:
    return words[int(rng.integers(len(words)))]


def _often_first(rng: np.random.Generator, words: tuple[str, ...]) -> str:
    """A word, the earlier in the list the likelier."""
    weights = 1 / np.arange(1, len(words) + 1)
    return words[int(rng.choice(len(words), p=weights / weights.sum()))]


def _written(rng: np.random.Generator, parts: list[str]) -> str:
    """Sentences as people type them: with or without full stops and capitals, some words misspelt."""
    words = (". " if rng.random() < 0.5 else " ").join(parts).split()
    for place in np.flatnonzero(rng.random(len(words)) < MISSPELT):
        word = words[place]
        if len(word) > 3:
            at = int(rng.integers(1, len(word) - 1))
            words[place] = word[:at] + word[at + 1 :]
    text = " ".join(words)
    return text if rng.random() < 0.5 else text.capitalize()
