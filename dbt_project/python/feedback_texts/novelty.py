"""What people write about now and did not before, found from a handful of texts.

Belongs here: words that are rising, and themes made of them. Does not belong here: themes of all that is
written (`themes`), which texts are looked at (`scoring`).

`themes.find` looks for the largest matters among texts that belong to no theme; one that began this week
is seldom the largest, and what people always say beside it would hide it. So words are compared with the
past first, and only texts with rising ones make a theme. Three rules keep chance out: of the words that
rise one in ten at most is expected to do so by chance (Benjamini and Hochberg over all words of the
search); two of a theme's rising words have to stand together in two texts, which chance seldom brings
about; and past texts, whatever theme they have, must not be about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from feedback_texts import IMPORTING
from feedback_texts.themes import BELONGS, LEAST_TEXTS, SAME, Theme, cosines, likeness, some, theme_of
from feedback_texts.tokens import terms

WINDOWS = (0.5, 1.0, 2.0, 4.0)
"""Weeks that are compared with the past: something that began days ago shows in the shortest first."""
LEAST_NEW = 5
"""Texts that have to share rising words."""
NEW_LIFT = 10
"""How many times its past share a word's and a theme's share has to be; as in fct_themes_weekly."""
_FALSE_DISCOVERIES, _LEAST_COUNT, _TOGETHER, _MOST_THEMES = 0.1, 5, 2, 4


def rising(recent: Any, ages: Any, before: Any) -> tuple[Any, Any]:
    """Return for each term whether it rises beyond chance, and whether it may, in too few texts to tell.

    `recent` and `before` are sparse matrices of texts (rows) and terms (columns) of 0 and 1, `ages` the age
    of each recent text in weeks. Of so many texts with a term the number of recent ones is binomial if
    nothing has changed; of the windows the best counts, its p multiplied by their number, and Benjamini
    and Hochberg's procedure is applied to all terms of five texts or more. Besides, in both cases, the
    share has to be ten times that of the past: every matter flares up at times.
    """
    import numpy as np
    from scipy.stats import binom, false_discovery_control

    past = np.asarray(before.sum(axis=0)).ravel()
    p_values, may_rise = np.ones(len(past)), np.zeros(len(past), dtype=bool)
    for weeks in WINDOWS:
        window = recent[ages < weeks]
        counts = np.asarray(window.sum(axis=0)).ravel()
        ratio = window.shape[0] / before.shape[0]
        is_large = (counts > 1) & (counts >= NEW_LIFT * ratio * (past + 0.5))
        by_chance = binom.sf(counts - 1, counts + past, ratio / (1 + ratio))
        p_values = np.where(is_large, np.minimum(p_values, len(WINDOWS) * by_chance), p_values)
        may_rise |= is_large
    is_tested = np.asarray(recent.sum(axis=0)).ravel() + past >= _LEAST_COUNT
    rises = np.zeros(len(past), dtype=bool)
    if is_tested.any():
        rises[is_tested] = false_discovery_control(p_values[is_tested]) <= _FALSE_DISCOVERIES
    return rises, may_rise


def find_new(
    recent: Sequence[tuple[str, float]],
    before: Sequence[str],
    newer: frozenset[str],
    language: str,
    known: Sequence[Theme],
) -> list[Theme]:
    """Return themes of rising words that are none of the known ones.

    `recent` are texts of the last four weeks with their age in weeks, `before` those of the year before,
    `newer` those since a theme was last found: without some of these nothing is looked for, so that the
    same texts never give another theme. Of more than 20,000 texts of a period those with the smallest
    hashes are looked at.
    """
    ages_by_text = dict(recent)
    texts, past_texts = some(list(ages_by_text)), some(before)
    if len(texts) < LEAST_NEW or len(past_texts) < LEAST_TEXTS or newer.isdisjoint(texts):
        return []
    import numpy as np

    with IMPORTING:
        from sklearn.feature_extraction.text import CountVectorizer

    said, past_said = ([terms(text, language) for text in chosen] for chosen in (texts, past_texts))
    counter = CountVectorizer(analyzer=lambda found: found, binary=True, min_df=2)
    try:
        counts = counter.fit_transform([*said, *past_said])
    except ValueError:  # no term is in enough texts
        return []
    ages = np.array([ages_by_text[text] for text in texts])
    rises, may_rise = rising(counts[: len(texts)], ages, counts[len(texts) :])
    names = counter.get_feature_names_out()
    words, others = frozenset(names[rises]), frozenset(names[may_rise])
    shared = [[term for term in found if term in words] for found in said]
    # a text may be about a known theme and about something new: only its rising words are asked
    is_known = cosines(shared, known).max(axis=1) >= BELONGS if known else np.zeros(len(texts), dtype=bool)
    asked = [place for place, found in enumerate(shared) if found and not is_known[place]]
    if len(asked) < LEAST_NEW or sum(texts[place] in newer for place in asked) < _TOGETHER:
        return []
    past_per_new = len(past_said) / (NEW_LIFT * len(said))
    # what stands beside a rising word and was as rare before is part of the matter, too
    return _themes(
        [said[place] for place in asked], past_said, past_per_new, words, words | others, language, known
    )


def _themes(
    said: Sequence[Sequence[str]],
    past_said: Sequence[Sequence[str]],
    past_per_new: float,
    words: frozenset[str],
    vocabulary: frozenset[str],
    language: str,
    known: Sequence[Theme],
) -> list[Theme]:
    """Themes of terms of a vocabulary with rising words: the largest, then that of the texts left, and so on.

    What more than `past_per_new` past texts say for each new one, but for two, is none that begins.
    """
    found: list[Theme] = []
    left = list(said)
    for _ in range(_MOST_THEMES):
        theme = _largest(left, vocabulary, language)
        if theme is None:
            break
        belongs = cosines(left, [theme])[:, 0] >= BELONGS
        count = int(belongs.sum())
        # a pair says no more than a word of it that rises itself
        rising_terms = {
            term
            for term in words.intersection(theme.terms)
            if " " not in term or words.isdisjoint(term.split())
        }
        together = sum(len(rising_terms.intersection(text)) > 1 for text in left)
        past_count = int((cosines(past_said, [theme])[:, 0] >= BELONGS).sum())
        if (
            count >= LEAST_NEW
            and together >= _TOGETHER
            and past_count <= max(2, count * past_per_new)
            and all(likeness(theme.terms, other.terms) < SAME for other in [*known, *found])
        ):
            found.append(theme)
        left = [text for text, is_of_it in zip(left, belongs, strict=True) if not is_of_it]
        if not count or len(left) < LEAST_NEW:
            break
    return found


def _largest(said: Sequence[Sequence[str]], vocabulary: frozenset[str], language: str) -> Theme | None:
    """The theme that explains most of the texts; None if they share no term of the vocabulary."""
    with IMPORTING:
        from sklearn.decomposition import NMF
        from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(
        analyzer=lambda found: [term for term in found if term in vocabulary], min_df=2, sublinear_tf=True
    )
    try:
        matrix = vectors.fit_transform(said)
    except ValueError:  # no term is in two texts
        return None
    model = NMF(1, init="nndsvda", random_state=0, max_iter=1_000).fit(matrix)
    return theme_of(model.components_[0], vectors.get_feature_names_out(), language)
