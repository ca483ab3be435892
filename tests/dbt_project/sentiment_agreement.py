"""How far sentiment scores agree with the stars people gave, on the real reviews and remarks.

    .venv/bin/python -m tests.dbt_project.sentiment_agreement

Belongs here: scores of texts the model had not seen, compared with ratings, with bootstrap intervals. Does
not belong here: the model (`feedback_texts.sentiment`).
"""

from __future__ import annotations

import argparse
import csv
import gzip
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
# file, column of the text, column of the rating
EXPORTS = {
    "id, Google Play": ("voice/google_play_id.csv.gz", ("content",), "score"),
    "en, Google Play": ("voice/google_play_en.csv.gz", ("Review",), "Rating"),
    "en, App Store": ("voice/app_store_us.csv.gz", ("title", "review"), "rating"),
    "en, shop's remarks": ("csat_survey/shopzilla_csat_20pct.csv.gz", ("Customer Remarks",), "CSAT Score"),
}
_DRAWS = 1_000


def rated_texts(export: str) -> dict[str, float]:
    """Different texts of an export with the normalised rating of the first who wrote it."""
    file, columns, rating = EXPORTS[export]
    found: dict[str, float] = {}
    with gzip.open(DATA / file, "rt", encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            text = " ".join(row[column].strip() for column in columns).strip()
            if text and row[rating]:
                found.setdefault(text, (float(row[rating]) - 1) / 4)
    return found


def agreement(export: str, most: int = 4_000) -> dict[str, tuple[float, float, float]]:
    """Value and 95 % interval of each measure, over texts scored by models that did not see them."""
    from feedback_texts.sentiment import out_of_sample
    from scipy.stats import spearmanr
    from sklearn.metrics import roc_auc_score

    texts = dict(list(rated_texts(export).items())[:most])
    given = out_of_sample(list(texts), list(texts.values()))
    scores = np.array([given[i] for i in range(len(texts))])
    ratings = np.array(list(texts.values()))
    clear = (ratings >= 0.75) | (ratings <= 0.25)
    measures: dict[str, Callable[[np.ndarray], float]] = {
        "area": lambda i: float(roc_auc_score(ratings[i][clear[i]] > 0.5, scores[i][clear[i]])),
        "accuracy": lambda i: float(((scores[i] > 0) == (ratings[i] > 0.5))[clear[i]].mean()),
        "spearman": lambda i: float(spearmanr(scores[i], ratings[i]).statistic),
    }
    rng = np.random.default_rng(0)
    draws = [rng.integers(0, len(scores), len(scores)) for _ in range(_DRAWS)]
    result = {}
    for name, measure in measures.items():
        low, high = np.percentile([measure(draw) for draw in draws], [2.5, 97.5])
        result[name] = (measure(np.arange(len(scores))), float(low), float(high))
    return result


def _lines() -> Iterator[str]:
    yield f"{'export':<20} {'texts':>6}  {'area':<20} {'accuracy':<20} spearman"
    for export in EXPORTS:
        found = agreement(export)
        cells = [f"{value:.3f} ({low:.3f}-{high:.3f})" for value, low, high in found.values()]
        yield f"{export:<20} {min(4_000, len(rated_texts(export))):>6}  " + "  ".join(cells)


if __name__ == "__main__":
    argparse.ArgumentParser(
        "python -m tests.dbt_project.sentiment_agreement",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()
    sys.path.append(str(ROOT / "dbt_project" / "python"))
    for line in _lines():
        print(line, flush=True)
