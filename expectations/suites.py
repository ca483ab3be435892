"""Suites: the readable files under `suites/`, as typed objects.

Belongs here: the format of a suite file and clear errors when a file says something else. Does not belong
here: what Great Expectations makes of it (`gx_checks`) or values known only in a run (`parameters`).

A suite file has `table`, `about`, `key` and `checks`; a check has `name`, `expectation`, `arguments`,
`severity`, `claim` and `on_failure`. A table of `raw.*` or `marts.*` stands for every table of that schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

Stage = Literal["raw", "marts"]
Severity = Literal["blocking", "warning"]

STAGES: tuple[Stage, ...] = get_args(Stage)
FOLDER = Path(__file__).resolve().parent / "suites"

_SUITE_KEYS = {"table", "about", "key", "checks"}
_CHECK_KEYS = {"name", "expectation", "arguments", "severity", "claim", "on_failure", "for_each", "needs"}
_REQUIRED_CHECK_KEYS = _CHECK_KEYS - {"for_each", "arguments", "needs"}
_CHECK_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TABLE_NAME = re.compile(r"[a-z]+\.(\*|[a-z][a-z0-9_]*)")


# The C parser, where it is there, reads all suites in a tenth of the time; both are safe loaders.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class SuiteError(ValueError):
    """A suite file says something that is not allowed; names file, check and key."""


@dataclass(frozen=True)
class Check:
    """One claim about a table; `expectation` is the name of a Great Expectations class.

    `needs` are columns without which a shared check says nothing about a table.
    """

    name: str
    expectation: str
    arguments: Mapping[str, Any]
    severity: Severity
    claim: str
    on_failure: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suite:
    """The checks of one table; `key` are the columns that tell a reader which row is meant."""

    table: str
    about: str
    key: tuple[str, ...]
    checks: tuple[Check, ...]
    file: str

    @property
    def is_shared(self) -> bool:
        """True if the suite stands for every table of its schema."""
        return self.table.endswith(".*")


def load_suites(stage: Stage, folder: Path = FOLDER) -> tuple[Suite, ...]:
    """Return the suites of a stage, sorted by table. Raises `SuiteError` naming file and key."""
    if stage not in STAGES:
        raise SuiteError(f"unknown stage {stage!r}: there are {', '.join(STAGES)}")
    suites = sorted(
        (read_suite(file, stage) for file in sorted((folder / stage).glob("*.yml"))), key=lambda s: s.table
    )
    tables = [suite.table for suite in suites]
    for suite in suites:
        if tables.count(suite.table) > 1:
            raise SuiteError(f"{suite.file}: table: {suite.table} has more than one suite")
    return tuple(suites)


def read_suite(file: Path, stage: Stage) -> Suite:
    """Read one suite file. Raises `SuiteError` naming file, check and key."""
    where = f"suites/{stage}/{file.name}"
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)
    except yaml.YAMLError as error:
        raise SuiteError(f"{where}: not readable as YAML: {error}") from error
    _known_keys(content, _SUITE_KEYS, _SUITE_KEYS, where)
    table = content["table"]
    if not isinstance(table, str) or not _TABLE_NAME.fullmatch(table) or table.split(".")[0] != stage:
        raise SuiteError(f"{where}: table: expected {stage}.<table> or {stage}.*, found {table!r}")
    key = content["key"]
    if not isinstance(key, list) or not all(isinstance(column, str) for column in key):
        raise SuiteError(f"{where}: key: expected a list of columns, found {key!r}")
    if not isinstance(content["checks"], list) or not content["checks"]:
        raise SuiteError(f"{where}: checks: expected at least one check")
    checks = tuple(check for entry in content["checks"] for check in _read_checks(entry, where))
    names = [check.name for check in checks]
    for name in names:
        if names.count(name) > 1:
            raise SuiteError(f"{where}: {name}: the name is used twice")
    return Suite(table, _sentence(content, "about", where), tuple(key), checks, where)


def _read_checks(entry: Any, where: str) -> Iterator[Check]:
    """Yield the entry's check, or one per value of `for_each: {column: [a, b]}` with `{column}` filled in."""
    name = entry.get("name") if isinstance(entry, dict) else None
    where = f"{where}: {name or 'a check'}"
    _known_keys(entry, _CHECK_KEYS, _REQUIRED_CHECK_KEYS, where)
    if entry["severity"] not in get_args(Severity):
        raise SuiteError(f"{where}: severity: expected blocking or warning, found {entry['severity']!r}")
    arguments = entry.get("arguments") or {}
    if not isinstance(arguments, dict):
        raise SuiteError(f"{where}: arguments: expected a map, found {arguments!r}")
    for values in _expansions(entry.get("for_each"), where):
        check = Check(
            name=_fill(entry["name"], values),
            expectation=str(entry["expectation"]),
            arguments={key: _fill(value, values) for key, value in arguments.items()} | values,
            severity=entry["severity"],
            claim=_fill(_sentence(entry, "claim", where), values),
            on_failure=_fill(_sentence(entry, "on_failure", where), values),
            needs=tuple(entry.get("needs", ())),
        )
        if not _CHECK_NAME.fullmatch(check.name):
            raise SuiteError(f"{where}: name: expected lower_case_words, found {check.name!r}")
        yield check


def _expansions(for_each: Any, where: str) -> Iterator[dict[str, str]]:
    if for_each is None:
        yield {}
        return
    if (
        not isinstance(for_each, dict)
        or len(for_each) != 1
        or not isinstance(next(iter(for_each.values())), list)
    ):
        raise SuiteError(
            f"{where}: for_each: expected one argument and its values, such as {{column: [a, b]}}"
        )
    [(argument, values)] = for_each.items()
    yield from ({str(argument): value} for value in values)


def _fill(value: Any, values: Mapping[str, str]) -> Any:
    """Replace `{argument}` in texts; str.format would stumble over the braces SQL and GX use."""
    if isinstance(value, str):
        for argument, replacement in values.items():
            value = value.replace(f"{{{argument}}}", str(replacement))
    return value


def _known_keys(content: Any, allowed: set[str], required: set[str], where: str) -> None:
    if not isinstance(content, dict):
        raise SuiteError(f"{where}: expected {', '.join(sorted(required))}")
    for key in content.keys() - allowed:
        raise SuiteError(f"{where}: {key}: unknown key; allowed are {', '.join(sorted(allowed))}")
    for key in required - content.keys():
        raise SuiteError(f"{where}: {key}: missing")


def _sentence(content: Mapping[str, Any], key: str, where: str) -> str:
    text = content[key]
    if not isinstance(text, str) or not text.strip().endswith("."):
        raise SuiteError(f"{where}: {key}: expected a sentence that ends with a full stop, found {text!r}")
    return " ".join(text.split())
