"""`python -m orchestration.dsa_csv`: the regulator's table of appeals as CSV, in the template's column order.

Belongs here: how the rows of `rpt_dsa_appeals` are written for filing. Does not belong here: what they say
(the model does) and when they are written (`orchestration.publication` does, after each publication).

One file per reporting period beside the published file, from the published rows: the current version, former
ones stay in the mart. A period that still runs has `_so_far` in the name of its file.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from ingestion.paths import Paths

# Annex I part 7 and Annex II 1.5 of Implementing Regulation (EU) 2024/2835; its columns A to H.
COLUMNS = (
    "Applicability", "Service", "Reporting period", "Section", "Indicator", "Scope", "Value",
    "Contextual Information",
)  # fmt: skip
APPLICABILITY = "Only for providers of online platforms"
_MART = "rpt_dsa_appeals"


def write(paths: Paths) -> tuple[Path, ...]:
    """Write the current table of every period of the published file and return the files, oldest first.

    Files of periods that are no longer reported are removed. Nothing is written without a publication or
    where it has no such mart.
    """
    if not paths.published.is_file():
        return ()
    folder, written = paths.published.parent, []
    with duckdb.connect() as connection:
        connection.execute(f"attach {_literal(paths.published)} as served (read_only)")
        if not _has_mart(connection):
            return ()
        periods = connection.execute(
            f"select distinct reporting_period, is_closed from served.marts.{_MART}"
            " where is_current order by 1"
        ).fetchall()
        for period, is_closed in periods:
            file = folder / f"dsa_appeals_{period.replace('/', '_')}{'' if is_closed else '_so_far'}.csv"
            _write(connection, period, file)
            written.append(file)
    for stale in set(folder.glob("dsa_appeals_*.csv")) - set(written):
        stale.unlink()
    return tuple(written)


def _has_mart(connection: duckdb.DuckDBPyConnection) -> bool:
    [(found,)] = connection.execute(
        "select count(*) from duckdb_tables() where database_name = 'served' and table_name = ?", [_MART]
    ).fetchall()
    return bool(found)


def _write(connection: duckdb.DuckDBPyConnection, period: str, file: Path) -> None:
    # Counts are whole numbers; medians and shares keep what a reader can check, without binary dust.
    value = (
        "case when value = floor(value) then cast(cast(value as bigint) as varchar)"
        " else rtrim(rtrim(printf('%.6f', value), '0'), '.') end"
    )
    values = (
        _literal(APPLICABILITY),
        "service",
        "reporting_period",
        "section",
        "indicator",
        "scope",
        value,
        "null",
    )
    columns = ", ".join(f'{sql} as "{name}"' for sql, name in zip(values, COLUMNS, strict=True))
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        connection.execute(
            f"copy (select {columns} from served.marts.{_MART}"
            f" where is_current and reporting_period = {_literal(period)} order by row_no)"
            f" to {_literal(partial)} (format csv, header, delimiter ',', quote '\"', escape '\"')"
        )
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


def _literal(text: object) -> str:
    return "'" + str(text).replace("'", "''") + "'"


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: write the files of a data folder, print their names; 1 if there are none."""
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.dsa_csv",
        description="Write the regulator's table of appeals as CSV beside the published file, one file per"
        " reporting period. Every publication does it, too.",
    )
    parser.add_argument("--data-dir", type=Path, help="data folder (default: DATA_DIR, else data/)")
    chosen = parser.parse_args(arguments)
    files = write(Paths(chosen.data_dir.resolve()) if chosen.data_dir else Paths.from_env())
    for file in files:
        print(file)
    if not files:
        print("nothing to write: no published file with rpt_dsa_appeals", file=sys.stderr)
    return 0 if files else 1


if __name__ == "__main__":
    sys.exit(main())
