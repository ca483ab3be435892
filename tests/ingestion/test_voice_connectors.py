"""The three connectors of reviews: on a few made-up rows, and on the real exports where they are there."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from ingestion.load import load
from ingestion.results import LoadError
from ingestion.site import load_site
from tests.ingestion.conftest import Warehouse, csv

_ROOT = Path(__file__).resolve().parents[2]
_SITE = _ROOT / "ingestion" / "sites" / "voice"
_EXPORTS = _ROOT.parent / "shared" / "data" / "voice"


def _source(warehouse: Warehouse, connector: str, **said: object) -> None:
    warehouse.site["sources"][0] |= {"connector": connector, **said}


def test_an_edited_google_play_review_replaces_the_earlier_one(warehouse: Warehouse) -> None:
    _source(warehouse, "google_play_reviews", values={"reviews.market": "ID", "reviews.language": "id"})
    header = "reviewId,content,score,thumbsUpCount,reviewCreatedVersion,at,replyContent,repliedAt"
    first = "r1,Bagus,5,0,1.0,2026-01-01 10:00:00,,"
    edited = "r1,Jelek tulis ke me@example.org,1,3,1.1,2026-02-01 10:00:00,Hai!,2026-01-02 10:00:00"
    warehouse.write({"google_play_reviews_b.csv": csv(header, edited)}).load()
    warehouse.write({"google_play_reviews_a.csv": csv(header, first)}).load()
    assert warehouse.query(
        "SELECT text, rating, posted_at, replied_at, market, language FROM raw.google_play_reviews__reviews"
    ) == [("Jelek tulis ke [email]", 1.0, datetime(2026, 2, 1, 10), datetime(2026, 1, 2, 10), "ID", "id")]


def test_the_time_of_a_response_is_taken_out_of_its_dict_and_nothing_is_evaluated(
    warehouse: Warehouse,
) -> None:
    _source(warehouse, "app_store_reviews")
    responses = [
        """{'id': 1, 'body': 'Thanks', 'modified': '2023-07-09T15:35:57Z'}""",
        """{'id': 2, 'body': "It's noted, we don't know", 'modified': '2023-07-10T00:00:00Z'}""",
        r"{'id': 3, 'body': 'Said \'modified\': \'x\' }', 'modified': '2023-07-11T00:00:00Z'}",
        """{'id': 4, 'body': 'two\nlines', 'modified': '2023-07-12T00:00:00Z'}""",
        """__import__('os').system('true')""",
        """{'id': 5, 'body': 'never ends""",
        """{'id': 6, 'body': 'Thanks', 'modified': 'yesterday'}""",
        "",
    ]
    rows = [
        f'{n},2023-04-17 18:09:43,"{text.replace(chr(34), chr(34) * 2)}",Fine,5,False,Title {n}'
        for n, text in enumerate(responses)
    ]
    header = ",date,developerResponse,review,rating,isEdited,title"
    (report,) = warehouse.write({"app_store_reviews.csv": csv(header, *rows)}).load().files
    assert (report.read, report.loaded, report.quarantined) == (8, 5, 3)
    assert warehouse.query(
        "SELECT title, replied_at FROM raw.app_store_reviews__app_reviews ORDER BY title"
    ) == [
        ("Title 0", datetime(2023, 7, 9, 15, 35, 57)),
        ("Title 1", datetime(2023, 7, 10)),
        ("Title 2", datetime(2023, 7, 11)),
        ("Title 3", datetime(2023, 7, 12)),
        ("Title 7", None),
    ]
    assert warehouse.query("SELECT DISTINCT column_name FROM quarantine.app_reviews") == [("replied_at",)]


def test_a_bare_list_loads_the_same_twice_and_in_two_files(warehouse: Warehouse) -> None:
    _source(warehouse, "review_list", values={"list_items.platform": "google_play"})
    header = "Rating,Review,Timestamp"
    rows = ["5,Love it,2024-11-16 13:09:37", "5,Nice,2024-11-16 13:09:37", "1,,2024-11-16 13:09:38"]
    (report,) = warehouse.write({"review_list_1.csv": csv(header, *rows)}).load().files
    assert (report.read, report.loaded, report.quarantined, report.duplicates) == (3, 2, 1, 0)
    (again,) = warehouse.write({"review_list_2.csv": csv(header, rows[1])}).load().files
    assert (again.read, again.loaded, again.duplicates) == (1, 0, 1)
    assert warehouse.query("SELECT DISTINCT platform FROM raw.review_list__list_items") == [("google_play",)]


def test_values_for_a_column_that_is_none_are_refused(warehouse: Warehouse) -> None:
    _source(warehouse, "review_list", values={"list_items.plattform": "google_play"})
    with pytest.raises(LoadError, match=r"values: list_items\.plattform: no column of review_list"):
        warehouse.load()


def test_other_values_read_the_files_again(warehouse: Warehouse) -> None:
    _source(warehouse, "google_play_reviews", values={"reviews.market": "ID"})
    header = "reviewId,content,score,at"
    warehouse.write({"google_play_reviews.csv": csv(header, "r1,Bagus,5,2026-01-01 10:00:00")}).load()
    _source(warehouse, "google_play_reviews", values={"reviews.market": "MY"})
    warehouse.load()
    assert warehouse.query("SELECT market FROM raw.google_play_reviews__reviews") == [("MY",)]


@pytest.mark.skipif(not _EXPORTS.is_dir(), reason="the reviews are not beside the repository")
def test_each_row_of_the_real_exports_is_accounted_for(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    reports = load(load_site(_SITE), warehouse.paths).files
    assert {r.source_id: (r.read, r.loaded, r.quarantined, r.duplicates) for r in reports} == {
        "google_play_id": (10_000, 10_000, 0, 0),
        "google_play_en": (5_000, 5_000, 0, 0),
        "app_store_us": (1_500, 1_500, 0, 0),
    }
    assert warehouse.query(
        "SELECT count(replied_at), count(*) FILTER (replied_at < posted_at)"
        " FROM raw.google_play_reviews__reviews"
    ) == [(314, 10)]
    assert warehouse.query(
        "SELECT count(replied_at), count(*) FILTER (is_edited) FROM raw.app_store_reviews__app_reviews"
    ) == [(106, 20)]
