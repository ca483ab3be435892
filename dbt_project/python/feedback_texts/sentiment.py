"""How satisfied a text sounds, learned from the texts of the same language that came with a rating.

Belongs here: training, its check, scoring. Does not belong here: which texts are new (`scoring`).

A linear model on words and pieces of words (logistic regression on TF-IDF of word pairs and of two to four
characters) needs no list of words, so it takes any language, spelling and script that rated texts are written
in. What it cannot: irony, and a language of which no rated texts exist, which gets no score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from feedback_texts import IMPORTING

VERSION = "1"
"""Part of the key of every model: raised when the way of training changes, it has all texts scored anew."""
LEAST_OF_A_KIND = 40
"""Satisfied and dissatisfied texts, each, under which nothing is learned."""
LEAST_AREA = 0.65
"""Area under the ROC curve, out of sample, under which a model is not used: its texts tell no ratings."""
_FIRST_STEP, _MOST = 250, 16_000
_LONGEST = 1_200  # characters read of a text: what follows says little more and costs as much
_FOLDS = 3


@dataclass(frozen=True)
class Check:
    """How well scores of texts that the model had not seen go with their ratings.

    `area` is the area under the ROC curve of satisfied against dissatisfied texts, `accuracy` the share of
    them on the right side of 0; None where nothing could be learned.
    """

    trained_count: int
    area: float | None
    accuracy: float | None

    @property
    def is_usable(self) -> bool:
        """Whether the model is good enough to score with."""
        return self.area is not None and self.area >= LEAST_AREA


def training_size(available: int) -> int:
    """Return how many rated texts, the oldest first, a model is trained on.

    It grows by doubling, so a model stays the same until twice as many texts are there, and is the same
    however they arrived.
    """
    size = 0
    step = _FIRST_STEP
    while step <= min(available, _MOST):
        size, step = step, step * 2
    return size or available


def _model() -> Any:
    with IMPORTING:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline, make_union

    def beginning(text: str) -> str:
        return text[:_LONGEST].lower()

    return make_pipeline(
        make_union(
            TfidfVectorizer(
                ngram_range=(1, 2),
                min_df=2,
                sublinear_tf=True,
                token_pattern=r"(?u)\b\w+\b",
                preprocessor=beginning,
            ),
            TfidfVectorizer(
                analyzer="char_wb",
                ngram_range=(2, 4),
                min_df=3,
                sublinear_tf=True,
                max_features=30_000,
                preprocessor=beginning,
            ),
        ),
        LogisticRegression(C=2.0, class_weight="balanced", solver="liblinear", random_state=0),
    )


def _kinds(ratings: Sequence[float]) -> list[int]:
    """1 for satisfied (normalised rating of 0.75 and more), -1 for dissatisfied (0.25 and less), else 0."""
    return [1 if rating >= 0.75 else -1 if rating <= 0.25 else 0 for rating in ratings]


def _is_enough(kinds: Sequence[int]) -> bool:
    return min(kinds.count(1), kinds.count(-1)) >= LEAST_OF_A_KIND


def _clear(texts: Sequence[str], ratings: Sequence[float]) -> tuple[list[str], list[int]]:
    clear = [(text, kind) for text, kind in zip(texts, _kinds(ratings), strict=True) if kind]
    return [text for text, _ in clear], [kind for _, kind in clear]


def train(texts: Sequence[str], ratings: Sequence[float]) -> Any | None:
    """Return a model trained on texts and their normalised ratings (0-1), None if there are too few."""
    clear, kinds = _clear(texts, ratings)
    if not _is_enough(kinds):
        return None
    return _model().fit(clear, kinds)


def scores(model: Any, texts: Sequence[str]) -> list[float]:
    """Return a score per text, from -1 (dissatisfied) to 1 (satisfied)."""
    position = list(model.classes_).index(1)
    return [round(float(2 * share - 1), 6) for share in model.predict_proba(list(texts))[:, position]]


def out_of_sample(
    texts: Sequence[str], ratings: Sequence[float], folds: int = _FOLDS, asked_folds: int | None = None
) -> dict[int, float]:
    """Return scores of models that were trained without the text they score, by the text's position.

    `asked_folds` of the folds are scored (all by default). Empty if there are too few texts to learn from.
    Equal texts must be given once, or a model has seen what it is asked.
    """
    found: dict[int, float] = {}
    if not _is_enough(_kinds(ratings)):
        return found
    with IMPORTING:
        from sklearn.model_selection import KFold

    splits = list(KFold(folds, shuffle=True, random_state=0).split(list(texts)))
    for learned, asked in splits[:asked_folds]:
        model = train([texts[i] for i in learned], [ratings[i] for i in learned])
        if model is None:
            return {}
        found |= zip(map(int, asked), scores(model, [texts[i] for i in asked]), strict=True)
    return found


def check(texts: Sequence[str], ratings: Sequence[float]) -> Check:
    """Return how far scores of a model trained on such texts are to be believed, by a third held back."""
    given = out_of_sample(texts, ratings, asked_folds=1)
    kinds = dict(enumerate(_kinds(ratings)))
    clear = [(score, kinds[i]) for i, score in given.items() if kinds[i]]
    if len({kind for _, kind in clear}) < 2:
        return Check(len(texts), None, None)
    with IMPORTING:
        from sklearn.metrics import accuracy_score, roc_auc_score

    area = float(roc_auc_score([kind for _, kind in clear], [score for score, _ in clear]))
    accuracy = float(accuracy_score([kind for _, kind in clear], [1 if s > 0 else -1 for s, _ in clear]))
    return Check(len(texts), round(area, 4), round(accuracy, 4))
