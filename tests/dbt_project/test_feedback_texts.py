"""Sentiment and themes of texts: what is learned, what is kept, and that new texts change nothing old."""

from __future__ import annotations

import random
import subprocess
import sys

import duckdb
import numpy as np
import pytest
from feedback_texts import novelty, scoring, sentiment, themes
from feedback_texts.tokens import terms, words
from scipy.sparse import csr_matrix

from tests.dbt_project import build, sentiment_agreement

_ABOUT = {
    "payout": "my payout is late and the money never arrived",
    "login": "cannot login because the code never comes by text",
    "crash": "app crashes on start since the last update",
}


def _texts(kinds: dict[str, str], each: int, seed: int = 1) -> list[str]:
    """Different texts about each thing: its sentence with some of its words left out and rare ones put in."""
    rng = random.Random(seed)
    found = []
    for sentence in kinds.values():
        for _ in range(each):
            kept = [word for word in sentence.split() if rng.random() < 0.85]
            found.append(" ".join([*kept, *(f"word{rng.randrange(900)}" for _ in range(3))]))
    return found


def test_words_leave_out_marks_stop_words_and_drawn_out_letters() -> None:
    assert words("Pleaaase write to [email], the PAYOUT is soooo late!! 123", "en") == [
        "pleaase",
        "write",
        "payout",
        "soo",
        "late",
    ]
    assert terms("payout late again", "en") == ["payout", "late", "payout late"]
    assert words("aplikasinya gak bisa dibuka", "id") == ["aplikasinya", "dibuka"]
    # no spaces, no words: pairs of characters
    assert words("支払い遅延", "ja") == ["支払", "払い", "い遅", "遅延"]


def test_a_model_is_trained_anew_only_when_texts_have_doubled() -> None:
    sizes = [sentiment.training_size(n) for n in (100, 250, 499, 500, 999, 4_000, 1_000_000)]
    assert sizes == [100, 250, 250, 500, 500, 4_000, 16_000]


def test_sentiment_is_learned_and_checked_on_texts_not_seen() -> None:
    good = _texts({"a": "great support solved quickly thank you very much"}, 90)
    bad = _texts({"b": "terrible answer nobody helps waiting for weeks"}, 90)
    ratings = [1.0] * 90 + [0.0] * 90
    check = sentiment.check(good + bad, ratings)
    assert check.is_usable and check.area == 1.0
    model = sentiment.train(good + bad, ratings)
    high, low = sentiment.scores(model, ["thank you great support", "nobody helps terrible"])
    assert high > 0.33 and low < -0.33


def test_ratings_that_texts_do_not_tell_give_no_model() -> None:
    rng = random.Random(3)
    texts = _texts(_ABOUT, 120)
    check = sentiment.check(texts, [rng.choice([0.0, 1.0]) for _ in texts])
    assert check.area is not None and not check.is_usable
    assert not sentiment.check(texts[:30], [0.0, 1.0] * 15).is_usable


def test_themes_are_found_whatever_the_order_and_not_found_twice() -> None:
    texts = _texts(_ABOUT, 60)
    found = themes.find(texts, "en")
    assert [
        next(theme.label for theme in found if word in theme.terms) for word in ("payout", "code", "crashes")
    ]
    assert len(found) == 3
    shuffled = random.Random(2).sample(texts, len(texts))
    assert [theme.theme_key for theme in themes.find(shuffled, "en")] == [theme.theme_key for theme in found]
    assert themes.find(texts, "en", known=found) == []
    belongs = themes.assign(["where is my payout, the money never arrived", "i like cats"], found)
    assert belongs[0] is not None and "payout" in belongs[0][0].terms and belongs[1] is None


class _Warehouse:
    """The tables of texts, scores and themes in memory; each build replaces them as dbt does."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute(
            "create table int_texts (text_key varchar, language varchar, at_us bigint,"
            " rating_normalised double, text varchar, text_hash varchar)"
        )
        self.number = 0

    def add(self, texts: list[str], rating: float | None, day: int = 0) -> None:
        for text in texts:
            self.number += 1
            self.connection.execute(
                "insert into int_texts values (?, 'en', ?, ?, ?, md5(?))",
                [str(self.number), (day * 86_400 + self.number) * 1_000_000, rating, text, text],
            )

    def _existing(self, name: str) -> str | None:
        found = self.connection.execute(
            "select 1 from duckdb_tables() where table_name = ?", [name]
        ).fetchone()
        return name if found else None

    def build(self) -> None:
        connection, texts = self.connection, self.connection.table("int_texts")
        made = scoring.sentiments(connection, texts, self._existing("sentiments"))
        connection.register("made", made).execute("create or replace table sentiments as from made")
        added = scoring.new_themes(connection, texts, self._existing("records"))
        connection.register("added", added).execute(
            "create table if not exists records as from added limit 0; insert into records from added"
        )
        records = connection.table("records")
        given = scoring.assignments(connection, texts, records, self._existing("assignments"))
        connection.register("given", given).execute("create or replace table assignments as from given")

    def rows(self, table: str) -> dict[str, tuple[object, ...]]:
        """The rows of a table by text."""
        found = self.connection.execute(
            f"select distinct text, s.* from {table} as s join int_texts using (language, text_hash)"
        ).fetchall()
        return {row[0]: row[1:] for row in found}


def test_new_texts_change_no_score_no_key_and_no_assignment() -> None:
    warehouse = _Warehouse()
    warehouse.add(_texts({"a": "great support solved quickly thank you very much"}, 150), 1.0)
    warehouse.add(_texts({"payout": _ABOUT["payout"], "login": _ABOUT["login"]}, 70), 0.0, day=1)
    warehouse.build()
    before = {table: warehouse.rows(table) for table in ("sentiments", "assignments")}
    keys = warehouse.connection.execute("select theme_key from records order by 1").fetchall()
    assert keys and any(row[2] is not None for row in before["assignments"].values())
    assert all(row[2] is not None for row in before["sentiments"].values())

    warehouse.build()
    assert {table: warehouse.rows(table) for table in before} == before
    assert warehouse.connection.execute("select theme_key from records order by 1").fetchall() == keys

    # a fault nobody wrote about before
    new = _texts({"crash": _ABOUT["crash"]}, 80, seed=2)
    warehouse.add(new, 0.0, day=300)
    warehouse.build()
    after = {table: warehouse.rows(table) for table in before}
    assert all(after["sentiments"][text] == row for text, row in before["sentiments"].items())
    kept = {text: row[2] for text, row in before["assignments"].items() if row[2] is not None}
    assert {text: after["assignments"][text][2] for text in kept} == kept
    late = warehouse.connection.execute("select theme_key, label, is_first_search from records").fetchall()
    assert {key for key, *_ in keys} < {key for key, *_ in late}
    found = [(key, label) for key, label, is_first in late if not is_first]
    assert len(found) == 1 and "crashes" in found[0][1]
    assert sum(after["assignments"][text][2] == found[0][0] for text in new) > 60


def _find_new(
    new: list[str], usual: list[str], before: list[str], known: list[themes.Theme]
) -> list[themes.Theme]:
    """Search as of now: `new` was said in the last three days, `usual` in the four weeks before."""
    rng = random.Random(5)
    recent = [(text, 0.4 * rng.random()) for text in new] + [(text, 4 * rng.random()) for text in usual]
    return novelty.find_new(recent, before, frozenset(new), "en", known)


def test_a_handful_of_texts_about_something_new_make_a_theme_once() -> None:
    before = _texts({"payout": _ABOUT["payout"], "login": _ABOUT["login"]}, 200)
    known = themes.find(before, "en")
    usual = _texts({"payout": _ABOUT["payout"]}, 60, seed=4)
    assert _find_new([], usual, before, known) == []
    new = _texts({"crash": _ABOUT["crash"]}, 8, seed=5)
    (found,) = _find_new(new, usual, before, known)
    assert set(found.label.replace(",", "").split()) <= set(_ABOUT["crash"].split())
    assert sum(theme is not None for theme in themes.assign(new, [found])) >= 7
    assert _find_new(new, usual, before, [*known, found]) == []
    # nothing was written since the last search
    recent = [(text, 0.1) for text in [*new, *usual]]
    assert novelty.find_new(recent, before, frozenset(), "en", known) == []
    # too few
    assert _find_new(new[:3], usual, before, known) == []


def test_what_is_written_about_more_than_before_is_not_new() -> None:
    before = _texts({"payout": _ABOUT["payout"]}, 200) + _texts({"crash": _ABOUT["crash"]}, 20, seed=6)
    flare = _texts({"crash": _ABOUT["crash"]}, 25, seed=7)
    # three times its share of the past, and no theme is known that would hold it
    assert _find_new(flare, _texts({"payout": _ABOUT["payout"]}, 60, seed=4), before, []) == []


def test_one_word_that_rises_makes_no_theme() -> None:
    before = _texts({"payout": _ABOUT["payout"]}, 200)
    usual = _texts({"payout": _ABOUT["payout"]}, 60, seed=4)
    named = [f"{text} brandname" for text in _texts({"payout": _ABOUT["payout"]}, 12, seed=8)]
    assert _find_new(named, usual, before, []) == []


def _matrix(rng: np.random.Generator, shares: np.ndarray, texts: int) -> csr_matrix:
    return csr_matrix((rng.random((texts, len(shares))) < shares).astype(int))


def test_words_rise_beyond_chance_and_beyond_their_ups_and_downs() -> None:
    rng = np.random.default_rng(1)
    usual = np.full(300, 0.02)
    now = usual.copy()
    now[0], now[1] = 0.2, 0.05  # ten times, two and a half times
    ages = rng.random(200) * 4
    rises, _ = novelty.rising(_matrix(rng, now, 200), ages, _matrix(rng, usual, 1_000))
    assert rises[0] and rises.sum() == 1


def test_where_nothing_changed_words_seldom_rise() -> None:
    """One search in ten may find a word; with each word tested at 0.1 alone, every search would."""
    rng = np.random.default_rng(2)
    usual = np.geomspace(0.005, 0.2, 300)
    found = 0
    for _ in range(100):
        ages = rng.random(150) * 4
        rises, _ = novelty.rising(_matrix(rng, usual, 150), ages, _matrix(rng, usual, 900))
        found += rises.any()
    assert found <= 10


def test_what_was_missed_is_found_later_once() -> None:
    warehouse = _Warehouse()
    warehouse.add(_texts({"payout": _ABOUT["payout"], "login": _ABOUT["login"]}, 70), 0.0, day=1)
    warehouse.build()
    warehouse.add(_texts({"crash": _ABOUT["crash"]}, 80, seed=2), 0.0, day=300)
    # six weeks without a build: nothing of it is recent
    warehouse.add(["one more word today"], 0.0, day=342)
    for _ in range(2):
        warehouse.build()
        late = warehouse.connection.execute("select label from records where not is_first_search").fetchall()
        assert len(late) == 1 and "crashes" in late[0][0]


def test_scores_do_not_depend_on_the_split_into_deliveries() -> None:
    good = _texts({"a": "great support solved quickly thank you very much"}, 120)
    bad = _texts({"b": "terrible answer nobody helps waiting for weeks"}, 120)
    more = _texts({"b": "terrible answer nobody helps"}, 20, seed=9)
    once, twice = _Warehouse(), _Warehouse()
    for warehouse in (once, twice):
        warehouse.add(good, 1.0)
        warehouse.add(bad, 0.0)
        if warehouse is twice:
            warehouse.build()
        warehouse.add(more, None)
        warehouse.build()
    assert once.rows("sentiments") == twice.rows("sentiments")


def test_a_site_without_texts_does_not_load_scikit_learn() -> None:
    code = (
        "import sys, duckdb\n"
        "from feedback_texts import scoring\n"
        "c = duckdb.connect()\n"
        "c.execute('create table t (text_key varchar, language varchar, at_us bigint,"
        " rating_normalised double, text varchar, text_hash varchar)')\n"
        "assert scoring.sentiments(c, c.table('t'), None).num_rows == 0\n"
        "assert scoring.new_themes(c, c.table('t'), None).num_rows == 0\n"
        "assert not [m for m in sys.modules if m.split('.')[0] in ('sklearn', 'scipy', 'stopwordsiso')]\n"
    )
    place = str(build.PROJECT / "python")
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": place})


@pytest.mark.skipif(not sentiment_agreement.DATA.is_dir(), reason="the reviews are not beside the repository")
@pytest.mark.parametrize("export", sentiment_agreement.EXPORTS)
def test_scores_agree_with_the_stars_of_real_texts(export: str) -> None:
    found = sentiment_agreement.agreement(export, most=2_000)
    assert found["area"][1] > 0.72
    assert found["accuracy"][1] > 0.68
    assert found["spearman"][1] > 0.3
