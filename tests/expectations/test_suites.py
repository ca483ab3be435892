"""Suite files: all of them parse, name real expectations and real arguments, and agree with the contract."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from expectations.gx_checks import build_expectation
from expectations.parameters import Parameters, Table
from expectations.suites import (
    FOLDER,
    STAGES,
    Check,
    Suite,
    SuiteError,
    load_suites,
    read_suite,
)
from ingestion.connectors import all_entities
from ingestion.site import Site, Source

_SUITES = [suite for stage in STAGES for suite in load_suites(stage)]
_VALID = {
    "table": "raw.things",
    "about": "Things.",
    "key": ["id"],
    "checks": [
        {
            "name": "id_is_filled",
            "expectation": "ExpectColumnValuesToNotBeNull",
            "arguments": {"column": "id"},
            "severity": "blocking",
            "claim": "Every thing has an id.",
            "on_failure": "Give it one.",
        }
    ],
}


@pytest.mark.parametrize("suite", _SUITES, ids=lambda suite: suite.table)
def test_every_suite_is_made_of_known_expectations_and_arguments(
    suite: Suite, valid_raw: tuple[Path, Site]
) -> None:
    columns = {"name": "VARCHAR", "a_seconds": "DOUBLE", "a_count": "BIGINT", "a_rate": "DOUBLE"}
    table = Table(suite.table, columns, ("name",))
    assert valid_raw[1].as_of is not None
    parameters = Parameters(valid_raw[1], valid_raw[1].as_of)
    for check in suite.checks:
        assert build_expectation(check, parameters.apply(check, table)) is not None


@pytest.mark.parametrize("entity", all_entities(), ids=lambda entity: entity.name)
def test_every_entity_of_the_contract_has_a_suite_that_agrees_with_it(entity) -> None:  # type: ignore[no-untyped-def]
    [suite] = [suite for suite in _SUITES if suite.table == f"raw.{entity.table}"]
    checks = {check.name: check for check in suite.checks}
    for column in entity.columns:
        if column.required:
            assert f"{column.name}_is_filled" in checks
        if column.codes:
            assert checks[f"{column.name}_is_a_known_code"].arguments["value_set"] == list(column.codes)
    assert set(suite.key) <= set(entity.raw_columns)


def test_the_files_are_named_after_their_tables() -> None:
    for suite in _SUITES:
        expected = "every_table" if suite.is_shared else suite.table.split(".")[1]
        assert (FOLDER / Path(suite.file).relative_to("suites")).stem == expected


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"severity": "fatal"}, "severity: expected blocking or warning"),
        ({"claim": "No full stop"}, "claim: expected a sentence"),
        ({"colour": "red"}, "colour: unknown key"),
        ({"on_failure": None}, "on_failure: expected a sentence"),
        ({"name": "Not A Name"}, "name: expected lower_case_words"),
        ({"for_each": ["id"]}, "for_each: expected one argument"),
        ({"arguments": ["id"]}, "arguments: expected a map"),
    ],
)
def test_a_wrong_check_is_refused_with_its_file_and_key(
    change: dict[str, object], message: str, tmp_path: Path
) -> None:
    content = {**_VALID, "checks": [{**_VALID["checks"][0], **change}]}
    with pytest.raises(SuiteError, match=rf"suites/raw/things\.yml.*{message}"):
        read_suite(_file(tmp_path, content), "raw")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"table": "marts.things"}, "table: expected raw"),
        ({"key": "id"}, "key: expected a list"),
        ({"checks": []}, "checks: expected at least one"),
        ({"checks": _VALID["checks"] * 2}, "id_is_filled: the name is used twice"),
    ],
)
def test_a_wrong_suite_is_refused_with_its_file_and_key(
    change: dict[str, object], message: str, tmp_path: Path
) -> None:
    with pytest.raises(SuiteError, match=rf"suites/raw/things\.yml: {message}"):
        read_suite(_file(tmp_path, {**_VALID, **change}), "raw")


def test_two_suites_of_one_table_are_refused(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    for name in ("a.yml", "b.yml"):
        (tmp_path / "raw" / name).write_text(yaml.safe_dump(_VALID), encoding="utf-8")
    with pytest.raises(SuiteError, match="more than one suite"):
        load_suites("raw", tmp_path)


@pytest.mark.parametrize(
    ("expectation", "arguments", "message"),
    [
        ("ExpectColumnValuesToShine", {"column": "id"}, "not one of Great Expectations"),
        ("ExpectColumnValuesToNotBeNull", {"column": "id", "colour": "red"}, "extra fields not permitted"),
        ("ExpectColumnValuesToBeInSet", {"value_set": ["a"]}, "column"),
        ("UnexpectedRowsExpectation", {"unexpected_rows_query": "select '{' from {batch}"}, "brace"),
    ],
)
def test_unknown_expectations_and_arguments_are_errors(
    expectation: str, arguments: dict[str, object], message: str
) -> None:
    check = Check("a_check", expectation, arguments, "blocking", "A claim.", "Do something.")
    with pytest.raises(SuiteError, match=message):
        build_expectation(check, dict(arguments))


def test_an_unknown_parameter_is_an_error(valid_raw: tuple[Path, Site]) -> None:
    site = valid_raw[1]
    assert site.as_of is not None
    check = Check("a_check", "X", {"unexpected_rows_query": "${nope}"}, "blocking", "A claim.", "Do.")
    with pytest.raises(KeyError, match="nope"):
        Parameters(site, site.as_of).apply(check, Table("raw.things", {}))


def test_codes_a_site_declares_are_allowed(valid_raw: tuple[Path, Site]) -> None:
    as_of = valid_raw[1].as_of
    assert as_of is not None
    fax = Source(
        "desk", "canonical_files", "x", codes={"tickets.channel": ("fax",), "decisions.channel": ("pigeon",)}
    )
    site = Site("test", Path(), None, as_of, (fax,))
    check = Check("c", "X", {"column": "channel", "value_set": ["email"]}, "blocking", "A claim.", "Do.")
    arguments = Parameters(site, as_of).apply(check, Table("raw.canonical__tickets", {}))
    assert arguments["value_set"] == ["email", "fax"]


def test_lists_of_columns_hold_what_their_names_say() -> None:
    kinds = {"actor_id": "VARCHAR", "extra": "VARCHAR", "body": "VARCHAR", "seconds_to_breach": "DOUBLE"}
    columns = {**kinds, "t1_seconds": "DECIMAL(18,6)", "n_count": "BIGINT"}
    lists = Table("marts.things", columns, ("actor_id", "extra")).column_lists
    assert lists["text_columns"] == '"body"'
    assert lists["duration_columns"] == '"t1_seconds"::double as "t1_seconds"'
    assert lists["count_columns"] == '"n_count"::double as "n_count"'
    assert lists["rate_columns"] == ""
    assert lists["grain_columns"] == '"actor_id", "extra"'


def _file(folder: Path, content: dict[str, object]) -> Path:
    file = folder / "things.yml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return file
