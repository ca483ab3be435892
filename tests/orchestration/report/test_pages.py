"""The pages: whole, safe, offline, honest about what is missing, and each number leads to its query."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pytest

from ingestion.paths import Paths
from orchestration.publish import bi_file
from orchestration.report.__main__ import main
from orchestration.report.content import ReportError, read
from orchestration.report.insights import insight_queries, is_late
from orchestration.report.write import index_file, write
from tests.orchestration.report.conftest import HOSTILE

LATEST = "desk-rewards-2026-06-15.html"
_VOID = {"meta"}


class _Structure(HTMLParser):
    """Ids, links and whether every element is closed where it should be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.headings: list[int] = []
        self.fetched: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.open.append(tag)
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "a":
            self.links.append(values["href"])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.fetched += [
            (tag, name) for name in values if name in {"src", "srcset", "data"} or name.startswith("on")
        ]
        if tag in {"link", "script", "iframe", "img", "object"}:
            self.fetched.append((tag, "element"))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _pages(paths: Paths) -> dict[str, str]:
    return {file.name: file.read_text("utf-8") for file in index_file(paths).parent.iterdir()}


def test_a_page_per_line_and_week_that_is_over(publish_marts: Callable[..., Paths]) -> None:
    paths = publish_marts()
    report = write(paths, weeks=3)
    weeks = ("2026-06-01", "2026-06-08", "2026-06-15")
    wanted = {f"desk-{line}-{week}.html" for line in ("rewards", "access") for week in weeks}
    assert _pages(paths).keys() == wanted | {"index.html"}
    assert report.pages == 6


def test_pages_are_whole_and_need_nothing_but_themselves(publish_marts: Callable[..., Paths]) -> None:
    paths = publish_marts()
    write(paths)
    pages = _pages(paths)
    for name, text in pages.items():
        found = _Structure(text)
        assert not found.open, name
        assert not found.fetched, name
        assert "@import" not in text and "url(" not in text, name
        assert len(found.ids) == len(set(found.ids)), name
        assert found.headings[0] == 1 and found.headings.count(1) == 1, name
        assert all(b - a <= 1 for a, b in zip(found.headings, found.headings[1:], strict=False)), name
        for link in found.links:
            if link.startswith("#"):
                assert link[1:] in found.ids, (name, link)
            elif not link.startswith("https://tracker.example.com/"):
                assert link in pages, (name, link)


def test_what_people_wrote_is_text_wherever_it_stands(publish_marts: Callable[..., Paths]) -> None:
    paths = publish_marts()
    write(paths)
    page = _pages(paths)[LATEST]
    assert HOSTILE not in page and "<script" not in page
    assert page.count("&lt;script&gt;") >= 4  # name of the line, reason, note, remark
    assert "javascript:alert(1)" in page and 'href="javascript' not in page
    assert 'href="https://tracker.example.com/7?a=1&amp;b=2"' in page


def test_no_word_of_a_minor_is_quoted(publish_marts: Callable[..., Paths]) -> None:
    paths = publish_marts()
    write(paths)
    assert not [name for name, text in _pages(paths).items() if "eleven" in text]


def test_the_queries_of_a_page_give_the_numbers_of_the_page(publish_marts: Callable[..., Paths]) -> None:
    paths = publish_marts()
    content = read(bi_file(paths), 2, insight_queries)
    write(paths, weeks=2)
    page = next(p for p in content.pages if p.line_of_business == "rewards" and str(p.week) == "2026-06-15")
    text = _pages(paths)[LATEST]
    shown = dict(re.findall(r'<pre id="query-([a-z-]+)"[^>]*>(.*?)</pre>', text, re.DOTALL))
    assert shown.keys() == {query.name for query in content.queries}
    with duckdb.connect(str(bi_file(paths)), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        for name, sql in shown.items():
            result = connection.execute(unescape(sql))
            names = [column[0] for column in result.description or ()]
            rows = [dict(zip(names, values, strict=True)) for values in result.fetchall()]
            assert rows == content.of(name, page), name
            assert rows, name


def test_summary_says_what_matters_first(publish_marts: Callable[..., Paths]) -> None:
    paths = publish_marts()
    write(paths)
    text = unescape(re.sub(r"<[^>]+>", "", _pages(paths)[LATEST].split("<h2>In short</h2>")[1]))
    assert text.startswith("1 insight to act on, 1 overdue")
    assert "106 new tickets: more than in any of the 6 weeks before (100–105 in the 6 weeks before)." in text
    assert (
        "80\N{NO-BREAK SPACE}% of SLA targets met (74–85\N{NO-BREAK SPACE}%, of 200): as in the week before."
        in text
    )
    assert "only 20 answers, too few to judge the week by" in text
    assert "SLA targets are met less often than for en: id (20 points less)" in text


def test_days_of_steps_are_those_of_the_site(publish_marts: Callable[..., Paths]) -> None:
    """Accepted at 23:30 UTC on the 15th: half past midnight of the 16th there."""
    paths = publish_marts()
    write(paths)
    assert "16 Jun, accepted by product" in _pages(paths)[LATEST]
    content = read(bi_file(paths), 1, insight_queries)
    rows = [row for found in content.rows["insights"].values() for row in found]
    days = {str(row[name]) for row in rows for name in ("state_since_date", "reviewed_date")}
    assert days == {"2026-06-16"}


@pytest.mark.parametrize(("as_of", "today"), [("22:59:59", "2026-06-23"), ("23:00:00", "2026-06-24")])
def test_what_is_due_is_compared_with_the_day_of_the_site(
    publish_marts: Callable[..., Paths], as_of: str, today: str
) -> None:
    paths = publish_marts()
    with duckdb.connect(str(bi_file(paths))) as connection:
        connection.execute(f"update marts.publication set as_of = timestamptz '2026-06-23 {as_of}+00'")
    content = read(bi_file(paths), 1, insight_queries)
    assert str(content.as_of_date) == today
    row = {"state": "accepted", "due_on": date(2026, 6, 23)}
    assert is_late(content, row) is (today == "2026-06-24")


def test_medians_say_whose_hours_they_are(publish_marts: Callable[..., Paths]) -> None:
    paths = publish_marts()
    write(paths)
    text = unescape(re.sub(r"<[^>]+>", " ", _pages(paths)[LATEST])).replace("\N{NO-BREAK SPACE}", " ")
    words = " ".join(text.split())
    assert "Median to first reply (calendar) 2.0 h 60 business min, of 70" in words
    assert "Median to resolution (calendar) 2.3 days of 80" in words


def test_the_index_says_whose_an_insight_is_and_when_it_is_due(publish_marts: Callable[..., Paths]) -> None:
    paths = publish_marts()
    write(paths)
    index = _pages(paths)["index.html"].split("Insights to act on</h2>")[1].split("</table>")[0]
    words = " ".join(unescape(re.sub(r"<[^>]+>", " ", index)).split())
    assert "What stands out Line of business Owner Priority Due" in words
    assert "20 June 2026" in words


def test_insights_are_told_from_change_to_effect(publish_marts: Callable[..., Paths]) -> None:
    paths = publish_marts()
    write(paths)
    text = unescape(re.sub(r"<[^>]+>", " ", _pages(paths)[LATEST]))
    assert "60 contacts where 20 were to be expected, 3.0 times as many (interval 2.2 to 4.1)." in text
    assert "35\N{NO-BREAK SPACE}% unsatisfied answers of 60 answers where 20\N{NO-BREAK SPACE}%" in text
    assert "Yes: +12 points of CSAT (+4 to +20) over 4 weeks after" in text
    assert "(overdue)" in text
    before = _pages(paths)["desk-rewards-2026-06-01.html"]
    assert "Nothing stood out" in before


def test_reviews_and_posts_are_counted_by_platform(publish_marts: Callable[..., Paths]) -> None:
    paths = publish_marts()
    write(paths)
    section = _pages(paths)[LATEST].split("<h2>What reviews and posts say</h2>")[1].split("</table>")[0]
    rows = [re.sub(r"<[^>]+>", " ", row).split() for row in section.split("<tr>")[2:]]
    assert rows == [
        ["x", "1,200", "\N{EN DASH}", "\N{EN DASH}"],
        # mean of six 2.0 and two 4.0
        ["app", "store", "9", "2.5", "of", "8", "38", "%", "3", "of", "8"],
    ]


def test_without_marts_of_insights_a_sentence_stands_instead(publish_marts: Callable[..., Paths]) -> None:
    paths = publish_marts(insights=False)
    write(paths)
    assert "The published file holds no insights." in _pages(paths)[LATEST]


def test_blanked_weeks_show_no_number(publish_marts: Callable[..., Paths]) -> None:
    paths = publish_marts()
    write(paths)
    page = _pages(paths)["desk-access-2026-06-08.html"]
    assert "few cases of minors are among them" in page
    assert "<svg" not in page and "In short" not in page


def test_charts_are_drawn_with_gaps_where_weeks_are_missing(publish_marts: Callable[..., Paths]) -> None:
    paths = publish_marts()
    write(paths)
    charts = [
        ElementTree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", _pages(paths)[LATEST], re.DOTALL)
    ]
    assert all(chart.get("aria-label") and chart.get("role") == "img" for chart in charts)
    lines = {
        (chart.get("aria-label") or "").split(":")[0]: len(chart.findall("polyline[@class='line']"))
        for chart in charts
    }
    assert lines["SLA targets met"] == 1
    assert lines["Appeals overturned, of those decided"] == 2  # the fourth week has no verdict


def test_a_file_that_cannot_be_read_leaves_the_pages_alone(publish_marts: Callable[..., Paths]) -> None:
    paths = publish_marts()
    write(paths)
    before = _pages(paths)
    bi_file(paths).write_text("no database", encoding="utf-8")
    with pytest.raises(ReportError):
        write(paths)
    assert _pages(paths) == before


def test_pages_of_earlier_runs_go(publish_marts: Callable[..., Paths]) -> None:
    paths = publish_marts()
    write(paths)
    write(paths, weeks=1)
    assert len(_pages(paths)) == 3


def test_from_the_shell(
    publish_marts: Callable[..., Paths], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["--data-dir", str(tmp_path / "nothing")]) == 1
    assert "nothing is published yet" in capsys.readouterr().err
    paths = publish_marts()
    paths.published.touch()
    assert main(["--data-dir", str(paths.data_dir), "--weeks", "2"]) == 0
    assert capsys.readouterr().out == f"4 pages: {index_file(paths)}\n"
