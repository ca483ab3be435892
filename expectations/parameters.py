"""Parameters: the values a suite file may leave open, known only in a run.

Belongs here: `${name}` in check arguments, the codes a site adds to a domain, and which shared checks say
something about a table. Does not belong here: thresholds (they stand in the suite files, beside the sentence
that explains them).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from string import Template
from typing import Any

from expectations.suites import Check
from ingestion.site import Site

# No prose: ids (those of staff may well be e-mail addresses) and hashes, values of changed fields, which can
# be such ids, and what is kept as JSON or path.
_NO_PROSE = re.compile(r".*_(id|key|hash)|reference|old_value|new_value|record|extra|file")
_DURATION_COLUMN = re.compile(r"(?!seconds_to_)(seconds_.*|.*_seconds(_.*)?)")
_NUMERIC = re.compile(r"(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DOUBLE|FLOAT|DECIMAL.*")
_RAW_PREFIX = "raw.canonical__"


@dataclass(frozen=True)
class Table:
    """A table of the warehouse as it stands: its name with schema, and its columns with DuckDB's types.

    `grain` are the columns a row stands for, where the yml of a mart declares them.
    """

    name: str
    columns: Mapping[str, str]
    grain: tuple[str, ...] = ()

    @cached_property
    def column_lists(self) -> dict[str, str]:
        """Lists of columns a suite can name, as SQL to select; numbers are cast to be unpivoted together.

        `text_columns` can hold prose, `duration_columns` are seconds, `count_columns` and `rate_columns`
        are what their names say, `grain_columns` what the yml declares.
        """
        numbers = [column for column, kind in self.columns.items() if _NUMERIC.fullmatch(kind)]
        chosen = {
            "text_columns": [
                f'"{column}"'
                for column, kind in self.columns.items()
                if kind == "VARCHAR" and not _NO_PROSE.fullmatch(column)
            ],
            "duration_columns": _as_double(
                column for column in numbers if _DURATION_COLUMN.fullmatch(column)
            ),
            "count_columns": _as_double(column for column in numbers if column.endswith("_count")),
            "rate_columns": _as_double(column for column in numbers if "_rate" in column),
            "grain_columns": [f'"{column}"' for column in self.grain],
        }
        return {name: ", ".join(columns) for name, columns in chosen.items()}

    def is_subject_of(self, check: Check) -> bool:
        """Whether a shared check says something about this table: the columns it needs are there."""
        if not self.columns.keys() >= set(check.needs):
            return False
        query = str(check.arguments.get("unexpected_rows_query", ""))
        return all(columns or f"${{{name}}}" not in query for name, columns in self.column_lists.items())


@dataclass(frozen=True)
class Parameters:
    """What `${…}` stands for in every suite of a run. `as_of` is aware; the zone is the site's, else UTC."""

    site: Site
    as_of: datetime

    def apply(self, check: Check, table: Table) -> dict[str, Any]:
        """Return the check's arguments with every `${…}` filled in and the site's own codes allowed.

        Raises `KeyError` for a name that is not a parameter.
        """
        values = {
            "site": self.site.name,
            "table": table.name,
            "as_of": self.as_of.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),
            "site_timezone": self.site.timezone or "UTC",
            "max_quarantine_rate": repr(self.site.max_quarantine_rate),
            "allow_shrink": str(self.site.allow_shrink).lower(),
            **table.column_lists,
        }
        arguments = {key: _substitute(value, values) for key, value in check.arguments.items()}
        if "value_set" in arguments and "column" in arguments:
            arguments["value_set"] = [
                *arguments["value_set"],
                *self._site_codes(table.name, arguments["column"]),
            ]
        return arguments

    def _site_codes(self, table: str, column: str) -> list[str]:
        names = (column, f"{table.removeprefix(_RAW_PREFIX)}.{column}")
        return [code for source in self.site.sources for name in names for code in source.codes.get(name, ())]


def _as_double(columns: Iterable[str]) -> list[str]:
    return [f'"{column}"::double as "{column}"' for column in columns]


def _substitute(value: Any, values: Mapping[str, str]) -> Any:
    return Template(value).substitute(values) if isinstance(value, str) else value
