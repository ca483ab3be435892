"""Parameters: the values a suite file may leave open, known only in a run.

Belongs here: `${name}` in check arguments, and the codes a site adds to a domain. Does not belong here:
thresholds (they stand in the suite files, beside the sentence that explains them).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from string import Template
from typing import Any

from expectations.suites import Check
from ingestion.site import Site

# Names that end so hold ids and hashes, never prose; staff ids may well be e-mail addresses.
_ID_COLUMN = re.compile(r".*(_id|_key|_hash)$|source_id|value|reference")
_PREFIX = "raw.canonical__"


@dataclass(frozen=True)
class Table:
    """A table of the warehouse as it stands: its name with schema, and its columns with DuckDB's types."""

    name: str
    columns: Mapping[str, str]

    @property
    def text_columns(self) -> tuple[str, ...]:
        """Columns that can hold prose: text, and not ids or hashes."""
        return tuple(
            c for c, kind in self.columns.items() if kind == "VARCHAR" and not _ID_COLUMN.fullmatch(c)
        )


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
            "table": table.name,
            "as_of": self.as_of.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),
            "site_timezone": self.site.timezone or "UTC",
            "max_quarantine_rate": repr(self.site.max_quarantine_rate),
            "allow_shrink": str(self.site.allow_shrink).lower(),
            # A table without text still needs a column list that parses.
            "text_columns": ", ".join(f'"{c}"' for c in table.text_columns) or "null::varchar as no_text",
        }
        arguments = {key: _substitute(value, values) for key, value in check.arguments.items()}
        if "value_set" in arguments and "column" in arguments:
            arguments["value_set"] = [
                *arguments["value_set"],
                *self._site_codes(table.name, arguments["column"]),
            ]
        return arguments

    def _site_codes(self, table: str, column: str) -> list[str]:
        names = (column, f"{table.removeprefix(_PREFIX)}.{column}")
        return [code for source in self.site.sources for name in names for code in source.codes.get(name, ())]


def _substitute(value: Any, values: Mapping[str, str]) -> Any:
    return Template(value).substitute(values) if isinstance(value, str) else value
