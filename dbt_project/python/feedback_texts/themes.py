"""What texts are about: themes found in them, and which of the known themes a text belongs to.

Belongs here: finding themes (TF-IDF and non-negative matrix factorisation), comparing and assigning. Does not
belong here: which texts are looked at and what is remembered (`scoring`).

A theme is a fixed list of weighted terms. Once found it never changes, so its key and the texts that belong
to it stay; what no known theme covers is searched for new ones.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from feedback_texts import IMPORTING
from feedback_texts.tokens import terms

BELONGS = 0.2
"""Cosine from which a text belongs to a theme."""
SAME = 0.5
"""Cosine of terms from which a candidate is a theme that is known already."""
LEAST_TEXTS = 40
"""Texts with words enough under which no themes are searched for."""
_LEAST_WORDS, _TERMS = 2, 20
_TEXTS_PER_THEME, _LEAST_THEMES, _MOST_THEMES = 90, 3, 16
MOST_TEXTS = 20_000
"""Different texts that are looked at, at most: of more, those with the smallest hashes."""


@dataclass(frozen=True)
class Theme:
    """A theme of a language: its terms with weights (the sum of their squares is 1), heaviest first."""

    theme_key: str
    language: str
    terms: Mapping[str, float]

    @property
    def label(self) -> str:
        """Its heaviest terms, for people; a pair of words stands for the words in it."""
        shown: list[str] = []
        for term in self.terms:
            if not any(term in other.split() or set(term.split()) & set(other.split()) for other in shown):
                shown.append(term)
        return ", ".join(shown[:4])


def likeness(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    """Return the cosine of two lists of weighted terms."""
    return sum(weight * b.get(term, 0.0) for term, weight in a.items())


def _key(language: str, heaviest: Sequence[str]) -> str:
    return hashlib.md5("|".join([language, *heaviest]).encode()).hexdigest()


def find(
    texts: Sequence[str], language: str, known: Sequence[Theme] = (), contrast: Sequence[str] = ()
) -> list[Theme]:
    """Return themes of texts of one language that are none of the known ones, the largest first.

    Terms that are no rarer in the texts of `contrast` (those of satisfied people) say nothing of what is
    wrong, and are left out: the product's name, praise. The result does not depend on the order of the
    texts, but for beyond 20,000, of which those with the smallest hashes are looked at.
    """
    cut = [said for text in some(texts) if _says_something(said := terms(text, language))]
    if len(cut) < LEAST_TEXTS:
        return []
    import numpy as np

    with IMPORTING:
        from sklearn.decomposition import NMF
        from sklearn.feature_extraction.text import TfidfVectorizer

    common = _no_rarer(cut, [terms(text, language) for text in some(contrast)])
    vectors = TfidfVectorizer(
        analyzer=lambda said: [term for term in said if term not in common],
        min_df=max(3, len(cut) // 500),
        # What is new may be what nearly all of the texts left over are about.
        max_df=0.95 if known else 0.3,
        sublinear_tf=True,
        max_features=4_000,
    )
    try:
        matrix = vectors.fit_transform(cut)
    except ValueError:  # no term is in enough texts
        return []
    least = 1 if known else _LEAST_THEMES
    number = min(max(len(cut) // _TEXTS_PER_THEME, least), _MOST_THEMES, min(matrix.shape) - 1)
    if number < 1:
        return []
    model = NMF(number, init="nndsvda", random_state=0, max_iter=300)
    weights = model.fit_transform(matrix)
    sizes = np.bincount(weights.argmax(axis=1)[weights.max(axis=1) > 0], minlength=number)
    names = vectors.get_feature_names_out()
    found: list[Theme] = []
    for component in np.argsort(-sizes, kind="stable"):
        theme = theme_of(model.components_[component], names, language)
        others = [*known, *found]
        if theme is None or any(likeness(theme.terms, other.terms) >= SAME for other in others):
            continue
        if int((cosines(cut, [theme]) >= BELONGS).sum()) >= max(5, len(cut) // 200):
            found.append(theme)
    return found


def some(texts: Sequence[str]) -> list[str]:
    """The different texts, or those with the smallest hashes where they are too many."""
    return sorted(set(texts), key=lambda text: hashlib.md5(text.encode()).digest())[:MOST_TEXTS]


def _says_something(found: Sequence[str]) -> bool:
    return len({term for term in found if " " not in term}) >= _LEAST_WORDS


def _no_rarer(cut: Sequence[Sequence[str]], contrast: Sequence[Sequence[str]]) -> frozenset[str]:
    """Terms that are as large a share of all terms of the contrasting texts as of the texts, or larger."""
    here = Counter(term for found in cut for term in found)
    there = Counter(term for found in contrast for term in found)
    if there.total() < LEAST_TEXTS:
        return frozenset()
    ratio = here.total() / there.total()
    return frozenset(term for term, count in here.items() if there[term] * ratio >= count)


def theme_of(weights: Any, names: Any, language: str) -> Theme | None:
    heaviest = sorted(range(len(names)), key=lambda i: (-weights[i], names[i]))[:_TERMS]
    kept = {str(names[i]): float(weights[i]) for i in heaviest if weights[i] > 0.05 * weights[heaviest[0]]}
    norm = sum(weight * weight for weight in kept.values()) ** 0.5
    if not norm:
        return None
    shares = {term: round(weight / norm, 6) for term, weight in kept.items()}
    return Theme(_key(language, list(shares)[:5]), language, shares)


def assign(texts: Sequence[str], themes: Sequence[Theme]) -> list[tuple[Theme, float] | None]:
    """Return for each text the theme it is most about, with the likeness of their terms, or None.

    All themes are of one language. A text counts each of its words once.
    """
    if not themes or not texts:
        return [None] * len(texts)
    likenesses = cosines([terms(text, themes[0].language) for text in texts], themes)
    best = likenesses.argmax(axis=1)
    return [
        (themes[place], round(float(found[place]), 6)) if found[place] >= BELONGS else None
        for found, place in zip(likenesses, best, strict=True)
    ]


def cosines(cut: Sequence[Sequence[str]], themes: Sequence[Theme]) -> Any:
    """Cosines of texts cut into terms (rows) with themes (columns); above 1 where pairs of words abound."""
    import numpy as np

    with IMPORTING:
        from sklearn.feature_extraction.text import CountVectorizer

    vocabulary = {term: i for i, term in enumerate(sorted({t for theme in themes for t in theme.terms}))}
    counts = CountVectorizer(vocabulary=vocabulary, analyzer=lambda found: found, binary=True).transform(cut)
    weights = np.zeros((len(vocabulary), len(themes)))
    for place, theme in enumerate(themes):
        for term, weight in theme.terms.items():
            weights[vocabulary[term], place] = weight
    # Of a text's terms half are pairs, which few themes list: only its words make it long.
    lengths = np.array([max(1, len({term for term in found if " " not in term})) for found in cut])
    return (counts @ weights) / np.sqrt(lengths)[:, None]
