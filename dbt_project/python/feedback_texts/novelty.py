"""What people write about now and did not before, found from a handful of texts.

Belongs here: words that are rising, and themes made of them. Does not belong here: themes of all that is
written (`themes`), which texts are looked at (`scoring`).

`themes.find` looks for the largest matters among texts that belong to no theme; one that began this week is
seldom the largest, and what people always say beside it would hide it. So words are compared with the past
first, and only texts that share several rising ones make a theme.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from feedback_texts.themes import BELONGS, LEAST_TEXTS, SAME, Theme, cosines, likeness, some, theme_of
from feedback_texts.tokens import terms

LEAST_NEW = 5
"""Texts that have to share rising words."""
_LEAST_COUNT, _LIFT, _DEVIATIONS = 4, 4.0, 3.0
_SHARED, _TEXTS_PER_THEME, _MOST_THEMES = 2, 30, 4


def rising(recent: Sequence[Sequence[str]], before: Sequence[Sequence[str]]) -> frozenset[str]:
    """Return terms in four times as many of the recent texts as to be expected, and beyond chance."""
    now = Counter(term for found in recent for term in set(found))
    past = Counter(term for found in before for term in set(found))
    ratio = len(recent) / len(before)
    found = set()
    for term, count in now.items():
        expected = (past[term] + 0.5) * ratio
        beyond_chance = count - expected >= _DEVIATIONS * (expected + 1) ** 0.5
        if count >= _LEAST_COUNT and count >= _LIFT * expected and beyond_chance:
            found.add(term)
    return frozenset(found)


def find_new(
    asked: Sequence[str],
    newer: frozenset[str],
    recent: Sequence[str],
    before: Sequence[str],
    language: str,
    known: Sequence[Theme],
) -> list[Theme]:
    """Return themes of rising words that are none of the known ones, the largest first.

    `asked` are the recent texts that belong to no theme, `newer` those of them since a theme was last found:
    without some of these nothing is looked for, so that the same texts never give another theme.
    """
    past = [terms(text, language) for text in some(before)]
    if len(asked) < LEAST_NEW or len(past) < LEAST_TEXTS:
        return []
    words = rising([terms(text, language) for text in some(recent)], past)
    cut: list[list[str]] = []
    newer_count = 0
    for text in some(asked):
        shared = [term for term in terms(text, language) if term in words]
        if len({word for term in shared for word in term.split()}) >= _SHARED:
            cut.append(shared)
            newer_count += text in newer
    if len(cut) < LEAST_NEW or newer_count < _SHARED:
        return []
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(analyzer=lambda shared: shared, sublinear_tf=True)
    matrix = vectors.fit_transform(cut)
    number = min(max(len(cut) // _TEXTS_PER_THEME, 1), _MOST_THEMES, *matrix.shape)
    model = NMF(number, init="nndsvda", random_state=0, max_iter=1_000).fit(matrix)
    names = vectors.get_feature_names_out()
    found: list[Theme] = []
    # one matter may make two components: each has to be about texts of its own
    left = list(cut)
    for weights in model.components_:
        theme = theme_of(weights, names, language)
        if theme is None or any(likeness(theme.terms, other.terms) >= SAME for other in [*known, *found]):
            continue
        belongs = cosines(left, [theme])[:, 0] >= BELONGS
        if int(belongs.sum()) >= LEAST_NEW:
            found.append(theme)
            left = [said for said, is_of_it in zip(left, belongs, strict=True) if not is_of_it]
            if len(left) < LEAST_NEW:
                break
    return found
