"""`rpt_dsa_appeals` says what a second reading of the rules says, and knows every string that was filed."""

from __future__ import annotations

import csv
import gzip
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

from tests.bench import filed
from tests.dbt_project import build, dsa_reference, dsa_site
from tests.dbt_project.dsa_reference import Rules

QUARTER = "2025-09-03/2025-11-02"  # its last day has 25 hours in New York
CLOSED = ("2024-07-01/2024-12-31", "2025-01-01/2025-06-30", "2025-07-01/2025-12-31")
RUNNING = "2026-01-01/2026-06-30"
_REPORT = ["int_dsa_template+", "int_dsa_sources+", "int_dsa_periods+"]
_INDICATORS = {
    filed.TOTAL: "total",
    filed.NOTICES: "notices",
    filed.FLAGGERS: "trusted_flaggers",
    filed.DISPUTES: "disputes",
    **{text: name for name, text in filed.RESTRICTIONS.items()},
    "Number of restrictions newly imposed as a result of an internal complaint": "newly_imposed",
    **{
        f"Number of suspensions enacted for the provision of manifestly {name.replace('_', ' ')}": name
        for name in ("illegal_content", "unfounded_notices", "unfounded_complaints")
    },
}
_SCOPES = {
    filed.SUBMITTED: "submitted",
    filed.MEDIAN: "median",
    filed.IMPLEMENTED: "implemented",
    **{text: name for name, text in filed.OUTCOMES.items()},
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[dsa_site.DsaSite, Path, Path]:
    """A random site, loaded and built with the report's defaults and one period more."""
    place = tmp_path_factory.mktemp("dsa")
    site = dsa_site.draw(Random(4))
    folder = dsa_site.write(site, place / "site")
    build.load(folder, place / "data")
    build.build(
        folder, place / "data", variables={"dsa_reporting_periods": [QUARTER]}, select=["+rpt_dsa_appeals"]
    )
    return site, folder, place / "data"


def _rows(data_dir: Path, where: str = "is_current") -> dict[tuple[str, str, str], float | None]:
    with duckdb.connect(str(data_dir / "warehouse.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            f"select reporting_period, indicator, scope, value from marts.rpt_dsa_appeals where {where}"
        ).fetchall()
    return {
        (period, _INDICATORS[indicator], _SCOPES[scope]): value for period, indicator, scope, value in rows
    }


def _expected(site: dsa_site.DsaSite, period: str, rules: Rules) -> dict[tuple[str, str], Any]:
    first, last = map(date.fromisoformat, period.split("/"))
    return dsa_reference.table(site, first, last, rules)


def _nearly(value: float | None) -> Any:
    return None if value is None else pytest.approx(value, rel=1e-9)


def _compare(site: dsa_site.DsaSite, data_dir: Path, rules: Rules, periods: tuple[str, ...]) -> None:
    report = _rows(data_dir)
    assert {period for period, *_ in report} == set(periods)
    for period in periods:
        expected = _expected(site, period, rules)
        found = {
            row: value for (at, *names), value in report.items() if at == period for row in [tuple(names)]
        }
        assert set(found) <= set(expected)
        assert found == {row: _nearly(expected[row]) for row in found}


def test_report_is_what_plain_python_counts(built: tuple[dsa_site.DsaSite, Path, Path]) -> None:
    site, _, data_dir = built
    assert all(
        _expected(site, QUARTER, Rules())[name, "submitted"] for name in ("total", "disputes", "account")
    )
    _compare(site, data_dir, Rules(), (*CLOSED, RUNNING, QUARTER))


def test_other_filing_rules_are_followed_and_make_a_version_of_closed_periods(
    built: tuple[dsa_site.DsaSite, Path, Path],
) -> None:
    site, folder, data_dir = built
    before = _rows(data_dir)
    rules = Rules(total_includes_notices=False, counts_second_rounds=False)
    build.build(
        folder,
        data_dir,
        variables={"dsa_total_includes_notices": False, "dsa_counts_second_rounds": False},
        select=_REPORT,
    )
    # The period that is no longer asked for stays as it was reported.
    after = {row: value for row, value in _rows(data_dir).items() if row[0] == QUARTER}
    assert after == {row: value for row, value in before.items() if row[0] == QUARTER}
    for period in (*CLOSED, RUNNING):
        expected = _expected(site, period, rules)
        found = {row[1:]: value for row, value in _rows(data_dir).items() if row[0] == period}
        assert found == {row: _nearly(expected[row]) for row in found}
    former = _rows(data_dir, "version_no = 1 and is_closed")
    assert former == {row: value for row, value in before.items() if row in former}
    assert {row[0] for row in former} == {*CLOSED, QUARTER}
    # The same again adds nothing.
    versions = _versions(data_dir)
    build.build(
        folder,
        data_dir,
        variables={"dsa_total_includes_notices": False, "dsa_counts_second_rounds": False},
        select=_REPORT,
    )
    assert _versions(data_dir) == versions == {**dict.fromkeys(CLOSED, 2), RUNNING: 1, QUARTER: 1}


def _versions(data_dir: Path) -> dict[str, int]:
    with duckdb.connect(str(data_dir / "warehouse.duckdb"), read_only=True) as connection:
        return dict(
            connection.execute(
                "select reporting_period, max(version_no) from marts.rpt_dsa_appeals group by 1"
            ).fetchall()
        )


def test_every_string_that_was_filed_is_a_row_of_the_report(
    built: tuple[dsa_site.DsaSite, Path, Path],
) -> None:
    if not filed.FILE.is_file():
        pytest.skip(f"{filed.FILE} is not there")
    with duckdb.connect(str(built[2] / "warehouse.duckdb"), read_only=True) as connection:
        known = set(
            connection.execute(
                "select section, indicator, scope from intermediate.int_dsa_template"
            ).fetchall()
        )
    with gzip.open(filed.FILE, "rt", encoding="utf-8", newline="") as lines:
        strings = {(row["section"], row["indicator"], row["scope"]) for row in csv.DictReader(lines)}
    assert len(strings) > 40
    assert strings <= known
