"""From the table of texts to tables of scores and themes; only what is new is looked at.

Belongs here: which texts of `int_texts` have to be scored, searched or assigned, and what was said of the
others before. Does not belong here: how that is done (`sentiment`, `themes`).

Equal texts of a language are looked at once, by the hash of the text. The functions take the relation of
`int_texts` and the name of the table to be replaced (None if there is none yet), and return rows as Arrow.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from feedback_texts.themes import Theme

_WEEK_US = 7 * 86_400 * 1_000_000
NEW_US, PAST_US = 4 * _WEEK_US, 56 * _WEEK_US
"""What was first said so lately may be new, against what was said in the year before."""
LEFT_US = 12 * _WEEK_US
"""How far back a language that has themes is searched for what else its texts are about.

What may be new is left out, so that a theme found there is none that begins.
"""

# The rating of the first text counts, so that a text said again with another rating changes no model.
_UNIQUE = """
    create or replace temp table unique_texts as
    select language, text_hash, min(text) as text, min(at_us) as first_us, max(at_us) as last_us,
        arg_min(rating_normalised, (at_us, text_key)) filter (where rating_normalised is not null) as rating
    from ({texts}) as texts
    group by 1, 2
"""


def _rows(session: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return session.execute(sql).fetchall()


def _languages(session: duckdb.DuckDBPyConnection) -> list[str]:
    return [name for (name,) in _rows(session, "select distinct language from unique_texts order by 1")]


def _prepare(session: duckdb.DuckDBPyConnection, texts: duckdb.DuckDBPyRelation) -> bool:
    """Make the temporary table `unique_texts`; False if there is no text at all."""
    session.execute(_UNIQUE.format(texts=texts.sql_query()))
    return bool(_rows(session, "select 1 from unique_texts limit 1"))


def _table(rows: Iterable[tuple[Any, ...]], columns: dict[str, pa.DataType]) -> pa.Table:
    import pyarrow as pa

    listed = list(rows)
    return pa.table(
        {name: pa.array([row[i] for row in listed], type_) for i, (name, type_) in enumerate(columns.items())}
    )


def sentiments(
    session: duckdb.DuckDBPyConnection, texts: duckdb.DuckDBPyRelation, before: str | None
) -> pa.Table:
    """Return one row per language and text: its score, and the model that gave it with its check."""
    import pyarrow as pa

    columns = {
        "language": pa.string(),
        "text_hash": pa.string(),
        "sentiment_score": pa.float64(),
        "model_key": pa.string(),
        "trained_count": pa.int64(),
        "area": pa.float64(),
        "accuracy": pa.float64(),
    }
    if not _prepare(session, texts):
        return _table([], columns)
    rows: list[tuple[Any, ...]] = []
    for language in _languages(session):
        rows += _language_sentiments(session, language, before, list(columns))
    return _table(rows, columns)


def _language_sentiments(
    session: duckdb.DuckDBPyConnection, language: str, before: str | None, columns: list[str]
) -> list[tuple[Any, ...]]:
    import hashlib

    from feedback_texts import sentiment

    rated = session.execute(
        "select text, rating, text_hash from unique_texts where language = ? and rating is not null"
        " order by first_us, text_hash",
        [language],
    ).fetchall()
    rated = rated[: sentiment.training_size(len(rated))]
    said = "|".join([sentiment.VERSION, *(f"{text_hash}={rating}" for _, rating, text_hash in rated)])
    model_key = hashlib.md5(said.encode()).hexdigest()
    kept: list[tuple[Any, ...]] = []
    if before is not None:
        kept = session.execute(
            f"select {', '.join(f'b.{name}' for name in columns)} from {before} as b"
            " inner join unique_texts as u using (language, text_hash)"
            " where b.language = ? and b.model_key = ?",
            [language, model_key],
        ).fetchall()
    known = {row[1] for row in kept}
    new = [
        (text_hash, text)
        for text_hash, text in session.execute(
            "select text_hash, text from unique_texts where language = ? order by 1", [language]
        ).fetchall()
        if text_hash not in known
    ]
    if not new:
        return kept
    given, ratings = [row[0] for row in rated], [row[1] for row in rated]
    check = sentiment.Check(*kept[0][4:]) if kept else sentiment.check(given, ratings)
    model = sentiment.train(given, ratings) if check.is_usable else None
    found: Sequence[float | None] = [None] * len(new)
    if model is not None:
        found = sentiment.scores(model, [text for _, text in new])
    return kept + [
        (language, text_hash, score, model_key, check.trained_count, check.area, check.accuracy)
        for (text_hash, _), score in zip(new, found, strict=True)
    ]


def known_themes(session: duckdb.DuckDBPyConnection, records: str | None) -> dict[str, list[Theme]]:
    """Return the themes of each language, those found first first."""
    from feedback_texts.themes import Theme

    found: dict[str, list[Theme]] = {}
    if records is not None:
        for key, language, terms in _rows(
            session, f"select theme_key, language, terms from {records} order by found_us, theme_no"
        ):
            found.setdefault(language, []).append(Theme(key, language, json.loads(terms)))
    return found


def new_themes(
    session: duckdb.DuckDBPyConnection, texts: duckdb.DuckDBPyRelation, records: str | None
) -> pa.Table:
    """Return the themes to be added to the records: all of a language without any, else what texts since
    then that belong to no theme are about.
    """
    import pyarrow as pa

    columns = {
        "theme_key": pa.string(),
        "language": pa.string(),
        "theme_no": pa.int64(),
        "label": pa.string(),
        "terms": pa.string(),
        "found_us": pa.int64(),
        "is_first_search": pa.bool_(),
    }
    if not _prepare(session, texts):
        return _table([], columns)
    from feedback_texts import themes

    ((now_us,),) = _rows(session, "select max(last_us) from unique_texts")
    known = known_themes(session, records)
    rows: list[tuple[Any, ...]] = []
    for language in _languages(session):
        of_language = known.get(language, [])
        found: list[Theme] = []
        left_from, left_to = -1, now_us
        if of_language:
            ((first_us, last_us),) = session.execute(
                "select min(found_us), nullif(max(found_us), min(found_us))"
                f" from {records} where language = ?",
                [language],
            ).fetchall()
            found = _rising_themes(session, language, now_us, last_us or first_us, of_language)
            left_from = max(now_us - LEFT_US, first_us, (last_us or 0) - NEW_US)
            left_to = now_us - NEW_US
        # Satisfied people's texts say what is not wrong; texts without a rating may.
        asked, contrast = (
            [
                str(text)
                for (text,) in session.execute(
                    f"select text from unique_texts where language = ? and {condition} order by text_hash",
                    [language],
                ).fetchall()
            ]
            for condition in (
                f"coalesce(rating, 0) <= 0.5 and last_us > {left_from} and last_us <= {left_to}",
                "rating >= 0.75",
            )
        )
        belongs = themes.assign(asked, [*of_language, *found])
        asked = [text for text, theme in zip(asked, belongs, strict=True) if theme is None]
        found += themes.find(asked, language, [*of_language, *found], contrast)
        for number, theme in enumerate(found, start=1):
            listed = json.dumps(theme.terms, ensure_ascii=False)
            first = not of_language
            rows.append((theme.theme_key, language, number, theme.label, listed, now_us, first))
    return _table(rows, columns)


def _rising_themes(
    session: duckdb.DuckDBPyConnection, language: str, now_us: int, found_us: int, known: Sequence[Theme]
) -> list[Theme]:
    """Themes of texts of the last weeks that are not satisfied, unless none is newer than the last theme."""
    from feedback_texts import novelty, themes

    # those that would be looked at anyway: a year may have millions
    said = session.execute(
        "select text, first_us from unique_texts"
        " where language = ? and coalesce(rating, 0) <= 0.5 and first_us > ?"
        " qualify row_number() over (partition by first_us > ? order by text_hash) <= ? order by text_hash",
        [language, now_us - PAST_US, now_us - NEW_US, themes.MOST_TEXTS],
    ).fetchall()
    return novelty.find_new(
        [(text, (now_us - first_us) / _WEEK_US) for text, first_us in said if first_us > now_us - NEW_US],
        [text for text, first_us in said if first_us <= now_us - NEW_US],
        frozenset(text for text, first_us in said if first_us > found_us),
        language,
        known,
    )


def assignments(
    session: duckdb.DuckDBPyConnection,
    texts: duckdb.DuckDBPyRelation,
    records: duckdb.DuckDBPyRelation,
    before: str | None,
) -> pa.Table:
    """Return one row per language and text: the theme it belongs to, or null, and how many were compared.

    A text keeps its theme; one without is compared again when there are more themes.
    """
    import pyarrow as pa

    columns = {
        "language": pa.string(),
        "text_hash": pa.string(),
        "theme_key": pa.string(),
        "theme_similarity": pa.float64(),
        "compared_count": pa.int64(),
    }
    if not _prepare(session, texts):
        return _table([], columns)
    from feedback_texts import themes

    known = known_themes(session, f"({records.sql_query()})")
    rows: list[tuple[Any, ...]] = []
    for language in _languages(session):
        of_language = known.get(language, [])
        kept: list[tuple[Any, ...]] = []
        if before is not None:
            kept = session.execute(
                f"select {', '.join(f'b.{name}' for name in columns)} from {before} as b"
                " inner join unique_texts as u using (language, text_hash)"
                " where b.language = ? and (b.theme_key is not null or b.compared_count = ?)",
                [language, len(of_language)],
            ).fetchall()
        done = {row[1] for row in kept}
        new = [
            (text_hash, text)
            for text_hash, text in session.execute(
                "select text_hash, text from unique_texts where language = ? order by 1", [language]
            ).fetchall()
            if text_hash not in done
        ]
        rows += kept
        for (text_hash, _), found in zip(
            new, themes.assign([text for _, text in new], of_language), strict=True
        ):
            theme, likeness = found if found else (None, None)
            rows.append((language, text_hash, theme and theme.theme_key, likeness, len(of_language)))
    return _table(rows, columns)
