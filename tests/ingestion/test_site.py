"""`site.yml`: what it may say, and errors that name file and key."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingestion.load import LoadError
from ingestion.paths import Paths
from ingestion.site import SiteError, load_site
from tests.ingestion.conftest import Warehouse

_SMALLEST = "site: a\ntimezone: UTC\nsources: [{name: s, connector: canonical_files, path: data}]\n"


def _site(folder: Path, text: str) -> Path:
    (folder / "site.yml").write_text(text, encoding="utf-8")
    return folder


def test_the_smallest_site(tmp_path: Path) -> None:
    site = load_site(_site(tmp_path, _SMALLEST))
    assert (site.name, site.timezone, site.as_of, site.max_quarantine_rate) == ("a", "UTC", None, 0.01)
    assert [(s.name, s.path, s.timezone) for s in site.sources] == [("s", str(tmp_path / "data"), "UTC")]
    assert load_site(tmp_path / "site.yml") == site


def test_paths_urls_zones_and_data_dir(tmp_path: Path) -> None:
    text = (
        "site: a\ntimezone: Europe/London\nas_of: 2026-07-01T00:00:00\nshared_reference: shared\nsources:\n"
        "  - {name: u, path: 's3://bucket/x', timezone: Asia/Tokyo}\n"
        "  - {name: d, path: '${DATA_DIR}/in', refers_to: {ticket_id: u}}\n"
    )
    site = load_site(_site(tmp_path, text), data_dir=tmp_path / "elsewhere")
    assert [s.path for s in site.sources] == ["s3://bucket/x", str(tmp_path / "elsewhere" / "in")]
    assert [s.timezone for s in site.sources] == ["Asia/Tokyo", "Europe/London"]
    assert site.shared_reference == tmp_path / "shared"
    # Naive, so in the site's zone, which is an hour ahead in July.
    assert site.as_of == datetime(2026, 6, 30, 23, tzinfo=UTC)


def test_the_environment_names_site_and_as_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE", str(_site(tmp_path, _SMALLEST)))
    monkeypatch.setenv("AS_OF", "2026-01-01T00:00:00+02:00")
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "d"))
    assert load_site().as_of == datetime(2025, 12, 31, 22, tzinfo=UTC)
    assert not load_site().allow_shrink
    # Read here, so that the loader and the gates allow the same.
    monkeypatch.setenv("ALLOW_SHRINK", "1")
    assert load_site().allow_shrink
    assert Paths.from_env().warehouse == tmp_path / "d" / "warehouse.duckdb"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (_SMALLEST.replace("timezone: UTC", "timezone: Mars/Base"), "timezone"),
        (_SMALLEST.replace("timezone", "time_zone"), "time_zone: unknown key"),
        (_SMALLEST.replace("site: a", "site: ''"), "site:"),
        (_SMALLEST.replace("path: data", "path: ''"), "sources[0].path"),
        (_SMALLEST.replace("path: data", "path: '${HOME}/x'"), "sources[0].path"),
        (_SMALLEST.replace("path: data", "path: data, pth: x"), "sources[0].pth"),
        (
            _SMALLEST.replace("path: data", "path: data, refers_to: {ticket_id: t}"),
            "sources[0].refers_to.ticket_id",
        ),
        (_SMALLEST + "as_of: soon\n", "as_of"),
        (_SMALLEST + "as_of: 2026-13-01\n", "month must be in 1..12"),
        (_SMALLEST.replace("UTC", "Asia/Tokyo") + "as_of: 0001-01-01\n", "as_of"),
        (_SMALLEST.replace("timezone: UTC", "as_of: 2026-07-01T00:00:00"), "as_of"),
        (_SMALLEST + "max_quarantine_rate: 5\n", "max_quarantine_rate"),
        (_SMALLEST + "minors_minimum_cell: 0\n", "minors_minimum_cell"),
        (_SMALLEST + "minors_minimum_cell: true\n", "minors_minimum_cell"),
        (_SMALLEST + "allow_shrink: perhaps\n", "allow_shrink"),
        (_SMALLEST + "codes: {channel: fax}\n", "codes"),
        ("site: a\nsources: []\n", "sources"),
        ("site: a\nsources: [{name: s, path: a}, {name: s, path: b}]\n", "sources[1].name"),
        ("- just\n- a list\n", "expected keys"),
        ("site: [unclosed\n", "not readable as YAML"),
        (_SMALLEST + "site: b\n", "line 4: site stands there twice"),
        (_SMALLEST.replace("path: data", "path: a, path: b"), "line 3: path stands there twice"),
    ],
)
def test_an_error_names_file_and_key(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(SiteError) as caught:
        load_site(_site(tmp_path, text))
    assert str(tmp_path / "site.yml") in str(caught.value)
    assert key in str(caught.value)


def test_a_site_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="no such site"):
        load_site(tmp_path / "nowhere")


def test_codes_of_no_column_and_options_are_told(warehouse: Warehouse) -> None:
    warehouse.site["codes"] = {"chanel": ["fax"], "tickets.channel": ["fax"]}
    warehouse.site["sources"][0]["options"] = {"delimiter": ";"}
    with pytest.raises(LoadError) as caught:
        warehouse.load()
    assert "source s: codes: chanel: no column" in str(caught.value)
    assert "source s: options: delimiter: canonical_files has no options" in str(caught.value)
