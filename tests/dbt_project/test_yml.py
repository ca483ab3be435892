"""Every model has a yml of its own that describes it and all its columns, as they are in the warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.dbt_project import build, yml

HEADERS = {
    "tickets": "ticket_id,created_at,updated_at,channel,status",
    "ticket_events": "event_id,ticket_id,occurred_at,event_type",
}


# Aggregates in which no case of a minor can show, and why.
WITHOUT_CASES = {
    "agg_insight_backlog": "counts insights",
    "agg_voice_drivers_weekly": "counts public reviews and posts; a store tells nobody's age",
}


# Marts whose key no test of dbt looks at, and what keeps their rows apart: they are among the largest.
UNIQUE_BY_OTHERS = {
    "fct_appeals": "keys of the raw gate, and of staging where a source tells it in events",
    "fct_decisions": "keys of the raw gate, and of staging where a source tells it in events",
    "fct_replies": "replies_are_numbered_in_order of its suite",
    "fct_ticket_segments": "segments_follow_each_other of its suite",
    "load_report": "config.meta.grain, by rows_are_as_the_grain_says of every mart's suite",
}
SUITES = yml.PROJECT.parent / "expectations" / "suites" / "marts"


@pytest.fixture(scope="module")
def empty_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a site without a single ticket, built."""
    place = tmp_path_factory.mktemp("empty")
    (place / "deliveries").mkdir()
    for entity, header in HEADERS.items():
        (place / "deliveries" / f"{entity}.csv").write_text(header + "\n", encoding="utf-8")
    (place / "site.yml").write_text(
        "site: empty\ntimezone: Europe/Dublin\nas_of: 2026-07-01T00:00:00Z\n"
        "sources: [{name: desk, connector: canonical_files, path: deliveries}]\n",
        encoding="utf-8",
    )
    build.load(place, place / "data")
    build.build(place, place / "data", exclude=())
    return place / "data"


def test_every_model_has_its_own_yml() -> None:
    described = {file.with_suffix(""): entry["name"] for file, entry in yml.described_models()}
    missing = [file.stem for file in yml.model_files() if described.get(file.with_suffix("")) != file.stem]
    assert not missing, f"no yml beside, or none that describes it: {missing}"


def test_every_model_and_column_is_described() -> None:
    undescribed = [
        place
        for _, entry in yml.described_models()
        for place, text in _descriptions(entry)
        if not str(text or "").strip()
    ]
    assert not undescribed


def test_descriptions_open_with_the_grain() -> None:
    vague = [
        entry["name"]
        for _, entry in yml.described_models()
        if not str(entry.get("description")).startswith("One row")
    ]
    assert not vague, f"say first what one row is: {vague}"


def test_aggregates_say_how_their_small_cells_are_suppressed() -> None:
    """Without `minor_count` an aggregate would be published as it is, small cells of minors included."""
    aggregates = {
        entry["name"]: entry
        for file, entry in yml.described_models()
        if "marts" in file.parts and entry["name"].startswith("agg_")
    }
    assert WITHOUT_CASES.keys() < aggregates.keys()
    silent = [
        name
        for name in sorted(aggregates.keys() - WITHOUT_CASES.keys())
        if "minor_count" not in _columns(aggregates[name])
    ]
    assert not silent, f"no minor_count: {silent}"


def test_marts_that_count_minors_name_their_grain() -> None:
    vague = {
        entry["name"]: grain
        for file, entry in yml.described_models()
        if "marts" in file.parts and "minor_count" in _columns(entry)
        if not (grain := set(entry.get("config", {}).get("meta", {}).get("grain", ())))
        or not grain <= _columns(entry)
    }
    assert not vague, f"config.meta.grain names nothing, or what is no column: {vague}"


def test_every_mart_has_a_unique_key() -> None:
    """A column with the test `unique`; else a row too many is published without a word."""
    marts = {entry["name"]: entry for file, entry in yml.described_models() if "marts" in file.parts}
    without = {
        name
        for name, entry in marts.items()
        if not any("unique" in yml.data_tests(column) for column in entry["columns"])
    }
    assert without == UNIQUE_BY_OTHERS.keys()


def test_every_fact_and_aggregate_has_a_suite() -> None:
    marts = {entry["name"] for file, entry in yml.described_models() if "marts" in file.parts}
    facts = {name for name in marts if name.startswith(("fct_", "agg_"))}
    missing = facts - {file.stem for file in SUITES.glob("*.yml")}
    assert facts and not missing, f"no suite in expectations/suites/marts: {sorted(missing)}"


def test_columns_are_those_of_the_warehouse(empty_build: Path) -> None:
    found: dict[str, set[str]] = {}
    for row in build.rows(
        empty_build,
        "select table_name, column_name from information_schema.columns "
        "where table_schema not in ('raw', 'quarantine')",
    ):
        found.setdefault(row["table_name"], set()).add(row["column_name"])
    told = {
        entry["name"]: {column["name"] for column in entry["columns"]} for _, entry in yml.described_models()
    }
    differing = {name: columns ^ found.get(name, set()) for name, columns in told.items()}
    assert not {name: columns for name, columns in differing.items() if columns}
    assert "fct_tickets" in found


def test_dictionary_has_every_mart_column(empty_build: Path) -> None:
    columns = build.rows(
        empty_build,
        "select table_name as mart, column_name from information_schema.columns where table_schema = 'marts'",
    )
    # is_suppressed is added to aggregates by the publication, so the dictionary has it and the build has not
    entries = build.rows(
        empty_build, "select mart, column_name from marts.dim_metric where column_name != 'is_suppressed'"
    )
    assert {tuple(row.values()) for row in entries} == {tuple(row.values()) for row in columns}


def test_dictionary_tells_the_primary_key_of_every_mart(empty_build: Path) -> None:
    keys: dict[str, list[str]] = {}
    for row in build.rows(
        empty_build,
        "select mart, column_name from marts.dim_metric where is_primary_key order by mart, column_no",
    ):
        keys.setdefault(row["mart"], []).append(row["column_name"])
    assert keys.pop("load_report") == ["source_id", "entity"]
    assert keys.pop("dim_date") == ["date_key"]
    assert keys.pop("fct_replies") == ["reply_key"]
    marts = {entry["name"]: entry for file, entry in yml.described_models() if "marts" in file.parts}
    assert keys.keys() == marts.keys() - {"load_report", "dim_date", "fct_replies"}
    assert not {mart: found for mart, found in keys.items() if len(found) != 1 or found[0][-4:] != "_key"}


def test_dbt_unit_tests_pass(empty_build: Path) -> None:
    results = build.run_unit_tests(empty_build)
    failed = {name: message for name, (status, message) in results.items() if status != "pass"}
    assert not failed, "\n".join(f"{name}: {message}" for name, message in failed.items())
    assert set(results) == set(yml.unit_tests())


def _columns(entry: dict[str, Any]) -> set[str]:
    return {column["name"] for column in entry["columns"]}


def _descriptions(entry: dict[str, object]) -> Iterator[tuple[str, object]]:
    yield str(entry["name"]), entry.get("description")
    columns = entry.get("columns")
    assert isinstance(columns, list), f"{entry['name']} lists no columns"
    for column in columns:
        yield f"{entry['name']}.{column['name']}", column.get("description")
